/** What RecipeExplorer knows: the measured rows, and which one the switches mean. */

import { setTraits } from "../lib/model.js";

/** @typedef {"way" | "without" | "instead"} Kind */
/** @typedef {(number | null)[][]} Losses per seed and number of images */
/**
 * @typedef {object} Stored a row as Python sends it
 * @property {string} name
 * @property {Kind} kind
 * @property {string} change
 * @property {number[]} on the numbers of the parts that are on
 * @property {number[]} ap50 per seed
 * @property {number[]} ap75
 * @property {number[]} ap COCO AP
 * @property {number[]} images seen, at which the losses are known
 * @property {Losses} class_loss
 * @property {Losses} localization_loss
 *
 * @typedef {object} Choice what the switches say
 * @property {boolean[]} parts whether each one is on
 * @property {number} instead 0, or the number of a row that replaces one
 *
 * @typedef {Stored & { choice: Choice }} Row
 *
 * @typedef {object} Traits without those of the parts, on_0, on_1 ...
 * @property {{ name: string, says: string }[]} parts
 * @property {Stored[]} rows
 * @property {number} instead
 * @property {number} guess
 * @property {Record<string, number>} guesses of the rows that were shown
 */

/** @typedef {import("../lib/types.d.ts").Model<Traits>} Model */
/** @typedef {ReturnType<typeof readData>} Data */
/** @typedef {ReturnType<typeof readState>} State */

export const FULL = "full";
const MOST_OFFERS = 4;

/** @param {Model} model */
export function readData(model) {
  const parts = model.get("parts");
  let replacements = 0;
  const rows = model.get("rows").map((row) => {
    const on = parts.map((_, k) => row.on.includes(k));
    const instead = row.kind === "instead" ? ++replacements : 0;
    return { ...row, choice: { parts: on, instead } };
  });
  const full = /** @type {Row} */ (rows.find(({ name }) => name === FULL));
  return { parts, rows, full };
}

/**
 * The trait of a part's switch; the types know only those that every recipe has.
 *
 * @param {number} part
 */
export const switchOf = (part) => /** @type {"instead"} */ (`on_${part}`);

/**
 * What is chosen, the row that was measured so, and whether it may be shown.
 *
 * @param {Model} model
 * @param {Data} data
 */
export function readState(model, { parts, rows }) {
  const on = parts.map((_, k) => Boolean(model.get(switchOf(k))));
  const choice = { parts: on, instead: model.get("instead") };
  const row = rows.find((one) => distance(one.choice, choice) === 0);
  const guesses = model.get("guesses");
  const shown = row && (row.name === FULL || row.name in guesses);
  const guess = row && row.name in guesses ? guesses[row.name] : undefined;
  return { choice, row, guesses, guess, shown: Boolean(shown) };
}

/**
 * How many switches differ.
 *
 * @param {Choice} a
 * @param {Choice} b
 */
export function distance(a, b) {
  const parts = a.parts.filter((on, k) => on !== b.parts[k]).length;
  return parts + (a.instead === b.instead ? 0 : 1);
}

/**
 * The measured rows for which the fewest switches have to move.
 *
 * @param {Row[]} rows
 * @param {Choice} choice
 */
export function nearestRows(rows, choice) {
  const far = rows.map((row) => distance(row.choice, choice));
  const least = Math.min(...far);
  const nearest = rows.filter((_, i) => far[i] === least);
  return withoutDoubles(nearest).slice(0, MOST_OFFERS);
}

/**
 * Rows that differ: what remains without the last part is a row of the way, too.
 *
 * @param {Row[]} rows
 */
export function withoutDoubles(rows) {
  return rows.filter(
    ({ choice }, i) =>
      rows.findIndex((other) => distance(other.choice, choice) === 0) === i,
  );
}

/**
 * Move the switches to a row.
 *
 * @param {Model} model
 * @param {Row} row
 */
export function choose(model, { choice }) {
  const switches = choice.parts.map((on, k) => [switchOf(k), on]);
  const traits = { ...Object.fromEntries(switches), instead: choice.instead };
  setTraits(model, traits);
}

/**
 * @param {number[]} values
 */
export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * @param {number[]} values
 * @returns {[low: number, high: number]}
 */
export function rangeOf(values) {
  return [Math.min(...values), Math.max(...values)];
}

/**
 * The number of the one part that a row lacks; -1 if it lacks none, or several.
 *
 * @param {number} count of the parts
 * @param {Row} row
 */
export function missingPart(count, { on, choice }) {
  return on.length === count - 1 ? choice.parts.indexOf(false) : -1;
}

/**
 * The row with which a row is compared, one change away: the full recipe if that is
 * near, or else the row before it on the way.
 *
 * @param {Data} data
 * @param {Row} row
 * @returns {Row | undefined} none for the first row of the way
 */
export function referenceOf({ parts, rows, full }, row) {
  const near = row.kind !== "way" || missingPart(parts.length, row) >= 0;
  if (near) return full;
  const way = rows.filter(({ kind }) => kind === "way");
  return way[way.indexOf(row) - 1];
}
