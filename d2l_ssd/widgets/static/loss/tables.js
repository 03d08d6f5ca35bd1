/** LossExplorer's numbers: the sums of the formula, and the chosen anchor's terms. */

import { formatCount } from "../lib/format.js";
import { crossEntropy } from "../lib/loss.js";
import { setRows } from "../lib/table.js";
import { boxTerms, lossOf, outputOf } from "./data.js";
import { formatLoss } from "./texts.js";

/** @typedef {import("./data.js").Data} Data */
/** @typedef {import("./data.js").Reckoned} Reckoned */
/** @typedef {import("./parts.js").Parts} Parts */

const HIDDEN = "?";
const OFFSETS = ["x", "y", "w", "h"];

/**
 * @param {Parts} parts
 * @param {Data} data
 * @param {Reckoned} reckoned
 */
export function showSums({ sums, bar }, data, reckoned) {
  const { terms, guess } = reckoned;
  const { numPositives, numNegatives, positive, negative } = terms;
  const { localization } = terms;
  const free = data.count - numPositives - numNegatives;
  /** @param {number} loss */
  const tell = (loss) => (guess ? formatLoss(loss) : HIDDEN);
  setRows(sums, [
    sumRow("positive", numPositives, [tell(positive), tell(localization)]),
    sumRow("background that counts", numNegatives, [tell(negative), "–"]),
    sumRow("background left out", free, ["0", "–"]),
    {
      ...sumRow("all", data.count, [
        tell(positive + negative),
        tell(localization),
      ]),
      className: "d2l-total",
    },
  ]);
  bar.bar.hidden = !guess;
  const paid = [positive, localization, negative];
  const all = positive + localization + negative || 1;
  paid.forEach((loss, piece) => {
    bar.pieces[piece].style.width = `${(100 * loss) / all}%`;
  });
}

/**
 * @param {string} name
 * @param {number} count
 * @param {string[]} losses
 */
function sumRow(name, count, losses) {
  return { cells: [name, formatCount(count), ...losses] };
}

/**
 * @param {Parts} parts
 * @param {Data} data
 * @param {Reckoned} reckoned
 */
export function showAnchor({ classTable, boxTable }, data, reckoned) {
  const { guess, selected, matches, truths } = reckoned;
  const output = guess && outputOf(data, reckoned, selected);
  classTable.table.hidden = !output;
  boxTable.table.hidden = !output || matches[selected] < 0;
  if (!output) return;
  const truth = matches[selected];
  const target = truth < 0 ? 0 : truths.classes[truth] + 1;
  setRows(
    classTable,
    ["background", ...data.names].map((name, k) => {
      const p = output.probabilities[k];
      const isTarget = k === target;
      return {
        cells: [
          isTarget ? `${name}, its target` : name,
          p < 0.001 ? p.toPrecision(1) : p.toFixed(3),
          formatTerm(crossEntropy(p)),
        ],
        className: isTarget ? "d2l-total" : "d2l-loss-unpaid",
      };
    }),
  );
  if (truth >= 0) showBox(boxTable, data, reckoned, output);
}

/**
 * @param {import("../lib/table.js").Table} boxTable
 * @param {Data} data
 * @param {Reckoned} reckoned
 * @param {import("./data.js").Output} output
 */
function showBox(boxTable, data, { truths, matches, selected }, output) {
  const terms = boxTerms(data, truths, matches, selected, output);
  const sum = terms.reduce((total, { loss }) => total + loss, 0);
  setRows(boxTable, [
    ...terms.map(({ offset, target, difference, loss }, k) => ({
      cells: [
        OFFSETS[k],
        ...[offset, target, difference].map(signed),
        formatTerm(loss),
      ],
    })),
    { cells: ["all", "", "", "", formatTerm(sum)], className: "d2l-total" },
  ]);
}

/**
 * Write a term of a table: small ones are not worth many digits.
 *
 * @param {number} loss
 */
function formatTerm(loss) {
  return loss < 0.1 ? loss.toFixed(3) : formatLoss(loss);
}

/** @param {number} value */
function signed(value) {
  return (value < 0 ? "−" : "+") + Math.abs(value).toFixed(2);
}

/**
 * Write what is shown into the element's data, for tests.
 *
 * @param {HTMLElement} el
 * @param {Data} data
 * @param {Reckoned} reckoned
 * @param {boolean} solved
 */
export function tell(el, data, reckoned, solved) {
  const { terms, selected, share, guess } = reckoned;
  const { numNegatives, positive, negative, localization } = terms;
  const { loss } = lossOf(data, reckoned);
  const shown = { numNegatives, positive, negative, localization, loss, share };
  for (const [name, value] of Object.entries(shown)) {
    el.dataset[name] = guess ? String(value) : "";
  }
  Object.assign(el.dataset, { selected, solved });
}
