/** What a mission came to: the answer, the table of many seeds, the reader's runs. */

import { formatSettings, parseAddress } from "../engine/address.js";
import { element, heading, note } from "../lib/dom.js";
import { formatShare } from "../lib/format.js";
import { makeTable, setRows } from "../lib/table.js";
import { isFinished } from "./background.js";
import { makeButton } from "./controls.js";
import { spreadOf } from "./luck.js";
import { lastScores, recentLoss } from "./runs.js";

/** @typedef {import("./runs.js").Run} Run */

/**
 * @typedef {object} Stored a mission as the page reads it
 * @property {string} id
 * @property {string} title
 * @property {string} topic
 * @property {string} question
 * @property {string[]} choices
 * @property {number[]} answer
 * @property {string[]} runs
 * @property {number} [seeds]
 * @property {number} seconds
 * @property {string} lesson
 * @property {[text: string, address: string]} next
 * @property {{ columns: string[], rows: StoredRow[] }} table
 *
 * @typedef {object} StoredRow
 * @property {string} name
 * @property {string} address
 * @property {number} seeds
 * @property {([mean: number, low: number, high: number] | null)[]} cells
 */

const NOISE =
  "Your runs are scored on 100 scenes (50 on a phone), the others on 400: compare yours with yours. One run against one, a difference under 0.04 in AP50, or 0.05 in AP75, says nothing (0.09 after 2,000 scenes).";

/** What a run of the page says under a column's name. */
/** @type {Record<string, (run: Run) => number | undefined>} */
export const COLUMNS = {
  AP50: (run) => lastScores(run)?.ap50,
  AP75: (run) => lastScores(run)?.ap75,
  "COCO AP": (run) => lastScores(run)?.ap,
  "AP50, small": (run) => lastScores(run)?.bySize[0],
  "AP50, medium": (run) => lastScores(run)?.bySize[1],
  "AP50, large": (run) => lastScores(run)?.bySize[2],
  "boxes per scene": (run) => lastScores(run)?.boxes,
  "confidence loss": (run) => recentLoss(run),
  "localization loss": (run) => run.losses[run.losses.length - 1]?.boxLoss,
};

/**
 * A number of the page's runs for a column; NaN where the page does not measure it.
 *
 * @param {Run} run
 * @param {string} column
 */
export function readColumn(run, column) {
  const scenes = /^AP50 after ([\d,]+) scenes$/.exec(column)?.[1];
  if (!scenes) return COLUMNS[column]?.(run) ?? NaN;
  const count = Number(scenes.replace(",", ""));
  return run.scores.find((point) => point.count >= count)?.ap50 ?? NaN;
}

/**
 * The finished runs of a row, whatever their seed.
 *
 * @param {Run[]} runs
 * @param {string} address
 */
export function runsOfRow(runs, address) {
  const key = formatSettings(parseAddress(address).settings);
  return runs.filter(
    (run) =>
      isFinished(run) && formatSettings({ ...run.settings, seed: 1 }) === key,
  );
}

/**
 * @param {Stored} mission
 * @param {(address: string) => void} visit
 */
export function makeOutcome(mission, visit) {
  const { choices, answer, lesson, next, table: stored } = mission;
  const said = element("p");
  const table = makeTable("Many seeds: mean (lowest to highest)", [
    "Setting",
    ...stored.columns,
  ]);
  const node = element(
    "div",
    { className: "d2l-side" },
    said,
    scrollable(table.table, "Table of seeds"),
    note(NOISE),
    element("p", {}, element("strong", {}, "Lesson: "), lesson),
    element(
      "p",
      { className: "d2l-pg-others" },
      heading("Now try"),
      makeButton(next[0], () => visit(next[1])),
    ),
  );
  const right = answer.map((k) => choices[k]).join("; ");
  return {
    node,
    /**
     * @param {string[]} chosen
     * @param {Run[]} runs
     */
    show(chosen, runs) {
      said.textContent = `✔ ${right}. You said: ${chosen.join("; ")}.`;
      setRows(
        table,
        stored.rows.flatMap((row) => rowsOf(row, stored.columns, runs)),
      );
    },
  };
}

/**
 * A table that may be wider than its place.
 *
 * @param {HTMLElement} table
 * @param {string} label
 */
export function scrollable(table, label) {
  const group = { tabIndex: 0, role: "group", "aria-label": label };
  return element("div", { className: "d2l-pg-wide", ...group }, table);
}

/**
 * A row of the stored table, and below it the reader's runs of the same settings.
 *
 * @param {StoredRow} row
 * @param {string[]} columns
 * @param {Run[]} runs
 */
function rowsOf({ name, address, seeds, cells }, columns, runs) {
  const own = runsOfRow(runs, address);
  const first = { cells: [`${name} (${seeds} seeds)`, ...cells.map(cellText)] };
  if (!own.length) return [first];
  const which =
    own.length > 1 ? `${own.length} runs` : `seed ${own[0].settings.seed}`;
  const values = columns.map((column) => {
    const { mean, low, high } = spreadOf(
      own.map((run) => readColumn(run, column)),
    );
    return cellText([mean, low, high]);
  });
  return [
    { ...first, className: "" },
    { cells: [`yours, ${which}`, ...values], className: "d2l-pg-own" },
  ];
}

/** @param {[mean: number, low: number, high: number] | null} cell */
function cellText(cell) {
  if (!cell || !Number.isFinite(cell[0])) return "–";
  const [mean, low, high] = cell.map(numberText);
  return low === high ? mean : `${mean} (${low}–${high})`;
}

/** @param {number} value */
function numberText(value) {
  return Math.abs(value) >= 10 ? value.toFixed(1) : formatShare(value);
}
