/** The numbers of a run, each of which explains itself; and the list of runs. */

import { SIZE_LIMITS } from "../engine/measures.js";
import { element, note, setText } from "../lib/dom.js";
import { formatCount, formatShare } from "../lib/format.js";
import { makeTable, setRows } from "../lib/table.js";
import { lastScores, recentLoss } from "./runs.js";

/** @typedef {import("./runs.js").Run} Run */
/** @typedef {import("./runs.js").Runs} Runs */

const [, SMALL, LARGE] = SIZE_LIMITS;

/** @type {Record<string, [label: string, help: string, chapter: string]>} */
export const NUMBERS = {
  ap50: [
    "AP50 on unseen scenes",
    "Average precision: how well the boxes, sorted by score, find the objects. A box is right if its IoU with an object of its class is at least 0.5.",
    "evaluation",
  ],
  ap75: ["AP75", "The same, but a box needs an IoU of 0.75.", "evaluation"],
  ap: ["COCO AP", "The mean of AP at IoU 0.50, 0.55, … 0.95.", "evaluation"],
  small: [
    `AP50, small (under ${SMALL} px)`,
    "Only objects of this size count.",
    "feature_maps",
  ],
  medium: ["AP50, medium", `From ${SMALL} to ${LARGE} px.`, "feature_maps"],
  large: [
    `AP50, large (over ${LARGE} px)`,
    "Only objects of this size count.",
    "feature_maps",
  ],
  positives: [
    "Positives per object",
    "How many anchors learn to find one object.",
    "targets",
  ],
  without: [
    "Objects without an anchor",
    "Nothing is taught to find them: they are taught as background.",
    "targets",
  ],
  anchors: ["Anchors", "Places and shapes that predict.", "anchors"],
  boxes: [
    "Boxes per scene",
    "With a score that is shown; there are 2.5 objects per scene.",
    "inference",
  ],
  classLoss: [
    "Confidence loss",
    "What the classes cost, per positive anchor; mean of 500 scenes. Losses compare only between runs with the same targets and mining.",
    "training",
  ],
  boxLoss: [
    "Localization loss",
    "What the offsets cost, per positive anchor.",
    "training",
  ],
};

/**
 * A number with its name; pressed, it explains itself.
 *
 * @param {string} key of NUMBERS
 * @param {(key: string) => void} explain
 */
export function makeNumber(key, explain) {
  const value = element("strong", {}, "–");
  const node = element(
    "button",
    { className: "d2l-pg-number", type: "button", onclick: () => explain(key) },
    value,
    element("span", {}, NUMBERS[key][0]),
  );
  return { node, set: (/** @type {string} */ text) => setText(value, text) };
}

/**
 * What each number says of a run.
 *
 * @param {Run} run
 * @param {{ perObject: number, without: number, anchors: number }} targets
 * @returns {Record<string, string>}
 */
export function numbersOf(run, targets) {
  const scores = lastScores(run);
  const [small, medium, large] = scores?.bySize ?? [];
  const boxLoss = run.losses[run.losses.length - 1]?.boxLoss ?? NaN;
  return {
    ap50: formatShare(scores?.ap50 ?? NaN),
    ap75: formatShare(scores?.ap75 ?? NaN),
    ap: formatShare(scores?.ap ?? NaN),
    small: formatShare(small),
    medium: formatShare(medium),
    large: formatShare(large),
    boxes: scores ? scores.boxes.toFixed(1) : "–",
    classLoss: formatShare(recentLoss(run)),
    boxLoss: formatShare(boxLoss),
    positives: targets.perObject.toFixed(1),
    without: `${Math.round(100 * targets.without)} %`,
    anchors: formatCount(targets.anchors),
  };
}

/**
 * The list of runs; one of the past may be drawn in gray.
 *
 * @param {(run: Run | null) => void} compare
 */
export function makeRunList(compare) {
  const node = element("div", {
    ...{ className: "d2l-pg-runs", role: "group" },
    "aria-label": "Runs",
  });
  let shown = "";
  /** @param {Runs} runs */
  const show = ({ now, past, compared }) => {
    const state = [now, ...past]
      .map(describe)
      .concat(String(compared?.number))
      .join();
    if (state === shown) return;
    shown = state;
    node.replaceChildren(
      element("p", { className: "d2l-pg-runrow" }, describe(now), " (now)"),
      ...past.map((run) => {
        const input = element("input", {
          ...{ type: "checkbox", checked: run === compared },
          onchange: () => compare(input.checked ? run : null),
        });
        const name = { className: "d2l-pg-check" };
        return element("label", name, input, describe(run));
      }),
    );
  };
  return { node, show };
}

/** @param {Run} run */
function describe(run) {
  const scores = lastScores(run);
  const what = scores
    ? `AP50 ${formatShare(scores.ap50)}, AP75 ${formatShare(scores.ap75)} after ${formatCount(scores.count)}`
    : "not scored yet";
  return `${run.number}. ${run.name}: ${what}`;
}

/** The table that says what the curves show, every 500 scenes. */
export function makeCurveTable() {
  const table = makeTable("Curves of this run, every 500 scenes", [
    "Scenes",
    "AP50",
    "AP75",
    "COCO AP",
    "Confidence",
    "Localization",
  ]);
  /** @param {Run} run */
  const show = (run) =>
    setRows(
      table,
      run.scores.map(({ count, ap50, ap75, ap }) => {
        const loss = run.losses.filter((one) => one.count <= count).pop();
        const cells = [
          ...[ap50, ap75, ap].map(formatShare),
          ...[loss?.classLoss ?? NaN, loss?.boxLoss ?? NaN].map(formatShare),
        ];
        return { cells: [formatCount(count), ...cells], data: { ap50, count } };
      }),
    );
  return { node: table.table, show };
}

/** A sentence, and the chapter that says more. */
export function makeSay() {
  const text = element("span");
  const link = element("a", {}, "Read more");
  link.hidden = true;
  const node = note("", "d2l-pg-say");
  node.append(text, " ", link);
  /**
   * @param {string} sentence
   * @param {string} chapter "" for none
   */
  const show = (sentence, chapter) => {
    setText(text, sentence);
    link.hidden = !chapter;
    if (chapter) link.href = `${chapter}.html`;
  };
  return { node, show };
}
