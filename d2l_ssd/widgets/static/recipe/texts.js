/** RecipeExplorer's sentences. */

import { formatShare } from "../lib/format.js";
import { FULL, mean, missingPart, rangeOf, referenceOf } from "./data.js";

/** @typedef {import("./data.js").Choice} Choice */
/** @typedef {import("./data.js").Data} Data */
/** @typedef {import("./data.js").Row} Row */
/** @typedef {import("./data.js").State} State */

const CLOSE = 0.02; // a guess that is as good as right

/**
 * Name a row in a few words, for a table.
 *
 * @param {Data} data
 * @param {Row} row
 */
export function nameOf({ parts }, row) {
  const { name, kind, change, on } = row;
  if (name === FULL) return "the full recipe";
  const missing = missingPart(parts.length, row);
  if (missing >= 0) return `without “${parts[missing].name}”`;
  if (kind !== "way" || !on.length) return change;
  return `the way as far as “${parts[on.length - 1].name}”`;
}

/**
 * Say what a row is, in the table's words.
 *
 * @param {Data} data
 * @param {Row} row
 */
export function titleOf({ parts }, row) {
  const { name, kind, change, on } = row;
  if (name === FULL) return `The full recipe: all ${parts.length} parts`;
  const missing = missingPart(parts.length, row);
  if (missing >= 0) {
    const { name: part, says } = parts[missing];
    return `The full recipe without “${part}”: ${says}`;
  }
  if (kind === "instead") return `The full recipe with one change: ${change}`;
  if (!on.length) return `No part is on: ${change}`;
  return `The way, ${on.length} of ${parts.length} parts; the last one: ${change}`;
}

/**
 * Say what there is to do, or what the row's numbers mean.
 *
 * @param {Data} data
 * @param {State} state
 */
export function verdictOf(data, { row, shown, guess }) {
  if (!row) {
    return (
      "Nobody has trained this combination, so there is no number to show. " +
      "The nearest rows that were measured:"
    );
  }
  if (!shown) {
    const full = formatShare(mean(data.full.ap50));
    return (
      `Predict first: the full recipe's AP50 is ${full}. What is ` +
      "this row's? Set the slider “Your guess”, then show the result."
    );
  }
  return [measured(row), judged(row, guess), compared(data, row)]
    .filter((text) => text)
    .join(" ");
}

/** @param {Row} row */
function measured({ ap50, ap }) {
  const [low, high] = rangeOf(ap50).map(formatShare);
  const seeds =
    ap50.length === 1 ? "one seed" : `${ap50.length} seeds, ${low} to ${high}`;
  return (
    `AP50 ${formatShare(mean(ap50))} (${seeds}), ` +
    `COCO AP ${formatShare(mean(ap))}.`
  );
}

/**
 * @param {Row} row
 * @param {number | undefined} guess
 */
function judged({ ap50 }, guess) {
  if (guess === undefined) return "";
  const error = guess - mean(ap50);
  const said = `You said ${formatShare(guess)}`;
  if (Math.abs(error) < CLOSE) return `${said}: well predicted.`;
  const side = error > 0 ? "high" : "low";
  return `${said}: ${formatShare(Math.abs(error))} too ${side}.`;
}

/**
 * @param {Data} data
 * @param {Row} row
 */
function compared(data, row) {
  const other = referenceOf(data, row);
  if (!other || other === row) return "";
  const change = mean(row.ap50) - mean(other.ap50);
  const name = other === data.full ? "the full recipe" : "the row before it";
  const side = change < 0 ? "below" : "above";
  const far = formatShare(Math.abs(change));
  return `That is ${far} ${side} ${name}${trust(row, other)}`;
}

/**
 * @param {Row} row
 * @param {Row} other
 */
function trust(row, other) {
  if (Math.min(row.ap50.length, other.ap50.length) < 2) {
    return ", by a single seed: it may be luck.";
  }
  const [[low, high], [from, to]] = [rangeOf(row.ap50), rangeOf(other.ap50)];
  return low <= to && from <= high
    ? ", and the seeds' ranges overlap: it may be luck."
    : ", and the seeds' ranges do not overlap.";
}

/**
 * Say which switches have to move to reach a row: "anchors on, average off".
 *
 * @param {Data} data
 * @param {Choice} from
 * @param {Row} row
 */
export function movesTo({ parts, rows }, from, { choice }) {
  const moves = parts.flatMap(({ name }, k) => {
    if (from.parts[k] === choice.parts[k]) return [];
    return [`${name} ${choice.parts[k] ? "on" : "off"}`];
  });
  if (from.instead !== choice.instead) {
    const replaced = rows.find((row) => row.choice.instead === choice.instead);
    const text = choice.instead ? replaced?.change : "nothing";
    moves.push(`replaced: ${text}`);
  }
  return moves.join(", ");
}
