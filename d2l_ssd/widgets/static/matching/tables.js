/** MatchingExplorer's tables: all IoUs, and what each object gets. */

import { formatShare } from "../lib/format.js";
import { setHeadings, setRows } from "../lib/table.js";
import { bestAnchor, decided, gains } from "./steps.js";
import { colorOf } from "../lib/object_colors.js";

/** @typedef {import("./data.js").State} State */
/** @typedef {import("./parts.js").Parts} Parts */

/**
 * @param {Parts} parts
 * @param {State} state
 */
export function showTables({ ious, objects }, state) {
  const { names } = state.scene;
  setHeadings(ious, ["Anchor", ...names, "Learns"]);
  const { cells } = /** @type {HTMLTableSectionElement} */ (ious.table.tHead)
    .rows[0];
  [...cells].forEach(({ style }, column) => {
    const isTruth = column > 0 && column <= names.length;
    style.borderBottomColor = isTruth ? colorOf(column - 1) : "";
  });
  setRows(ious, iouRows(state));
  setRows(objects, objectRows(state));
}

/** @param {State} state */
function iouRows(state) {
  const { scene, done, pointed } = state;
  const { names, ious, count } = scene;
  const got = decided(done);
  return Array.from({ length: count }, (_, anchor) => {
    const match = got.get(anchor);
    const learns = match === undefined ? "" : (names[match] ?? "background");
    const row = names.map((_, truth) => ious[truth * count + anchor]);
    const data = Object.fromEntries(
      row.map((iou, truth) => [`iou${truth}`, iou]),
    );
    return {
      cells: [String(anchor + 1), ...row.map(formatShare), learns],
      looks: ["", ...names.map((_, truth) => lookOf(state, anchor, truth)), ""],
      data: { ...data, match: match ?? "open" },
      className: anchor === pointed ? "d2l-pointed" : "",
    };
  });
}

/**
 * How one IoU looks: chosen, crossed out by rule 1, or the best of the row in
 * question.
 *
 * @param {State} state
 * @param {number} anchor
 * @param {number} truth
 */
export function lookOf({ done, current }, anchor, truth) {
  const here = done.find((step) => step.anchor === anchor);
  const now = current?.anchor === anchor ? " d2l-now" : "";
  if (here?.truth === truth) {
    if (here.positive) return `d2l-chosen${now}`;
    if (now) return "d2l-best";
  }
  const own = done.filter(({ rule }) => rule === 1);
  const crossed = own.some(
    (step) => step.anchor === anchor || step.truth === truth,
  );
  const byRule1 = !current || current.rule === 1;
  return (crossed && byRule1) || (here && !now) ? "d2l-crossed" : "";
}

/** @param {State} state */
function objectRows({ scene, done, step, last }) {
  const { names, ious, count } = scene;
  return names.map((name, truth) => {
    const own = gains(done, truth);
    const [first] = own.filter(({ rule }) => rule === 1);
    const more = own.filter(({ rule }) => rule === 2);
    const best = bestAnchor(ious, count, truth);
    const empty = step === last ? "none" : "–";
    /** @param {number} anchor */
    const withIou = (anchor) =>
      `${anchor + 1} (${ious[truth * count + anchor].toFixed(2)})`;
    return {
      cells: [
        name,
        withIou(best),
        first ? withIou(first.anchor) : empty,
        more.map(({ anchor }) => anchor + 1).join(", ") || empty,
      ],
      data: { best, own: first?.anchor ?? -1, more: more.length },
      className: step === last && !own.length ? "d2l-none" : "",
    };
  });
}
