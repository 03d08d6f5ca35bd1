/** Two settings, one change between them: a run of each, then ten seeds. */

import { KNOBS } from "../engine/settings.js";
import { makeCanvas } from "../lib/canvas.js";
import { COLORS } from "../lib/colors.js";
import { element, heading, note, setLabel, setText } from "../lib/dom.js";
import { formatShare } from "../lib/format.js";
import { makeTable, setRows } from "../lib/table.js";
import { progressOf } from "./background.js";
import { makeButton } from "./controls.js";
import { drawCurves } from "./curves.js";
import { makeControl } from "./knobs.js";
import {
  luckSentence,
  pairsOf,
  READ,
  runsOf,
  signed,
  spreadOf,
} from "./luck.js";
import { changedKeys, shortName } from "./names.js";

/** @typedef {import("./luck.js").Comparison} Comparison */
/** @typedef {import("./runs.js").Run} Run */
/** @typedef {import("../engine/settings.js").Key} Key */
/** @typedef {import("../engine/settings.js").Knob} Knob */

const SEEDS = 10;
const HEIGHT = 144;
const NOISE =
  "Noise: one run against one, a difference under 0.04 in AP50 says nothing (0.09 after 2,000 scenes); five against five, under 0.02. Both runs of a pair begin with the same weights and see the same scenes.";

/** @param {import("./extras.js").Tools} tools */
export function makeCompare(tools) {
  const { state, background, update, changed, colors } = tools;
  /** @type {import("./background.js").Batch} */
  let batch = { wanted: [], runs: [], running: false };
  const start = (/** @type {number} */ seeds) => {
    const comparison = state.comparison;
    if (comparison) batch = background.start(runsOf(comparison, seeds));
    update();
  };
  const picker = makePicker(state, () => {
    background.stop();
    batch = { wanted: [], runs: [], running: false };
    changed();
    update();
  });
  const once = makeButton("Run both", () => start(1));
  const luck = makeButton("Is it luck? Ten seeds each", () => start(SEEDS));
  const stop = makeButton("Stop", () => {
    background.stop();
    update();
  });
  const bar = element("i");
  const progress = element("div", { className: "d2l-pg-progress" }, bar);
  const results = makeResults(update);
  const node = element(
    "div",
    { className: "d2l-side" },
    heading("Compare two settings from the same seed"),
    picker.node,
    element("div", { className: "d2l-pg-others" }, once, luck, stop),
    progress,
    results.node,
    note(NOISE),
    heading("Runs on this page: the one that is ticked is drawn in gray"),
  );
  const show = () => {
    picker.show();
    once.disabled = luck.disabled = !state.comparison;
    stop.hidden = progress.hidden = !batch.running;
    bar.style.width = `${100 * progressOf(batch)}%`;
    results.show(batch, colors);
  };
  return { node, show, stage: results.stage };
}

/**
 * What is compared: a setting, and its value on either side.
 *
 * @param {import("./state.js").State} state
 * @param {() => void} changed
 */
function makePicker(state, changed) {
  const knobs = KNOBS.filter(({ key }) => key !== "seed" && key !== "n");
  const choose = element(
    "select",
    { "aria-label": "What differs", onchange: () => pick(choose.value) },
    element("option", { value: "" }, "Choose what differs …"),
    ...knobs.map(({ key, label }) => element("option", { value: key }, label)),
  );
  const sides = element("div", { className: "d2l-pg-sides" });
  const names = note();
  const node = element("div", { className: "d2l-side" }, choose, sides, names);
  /** @type {((comparison: Comparison) => void)[]} */
  let shows = [];
  /** @param {string} key */
  const pick = (key) => {
    const knob = knobs.find((one) => one.key === key);
    const { settings } = state;
    state.comparison = knob
      ? { a: settings, b: otherOf(settings, knob) }
      : null;
    changed();
  };
  let shown = "";
  const show = () => {
    const { comparison } = state;
    const keys = comparison ? changedKeys(comparison.b, comparison.a) : [];
    const key = keys.length === 1 ? keys[0] : shown;
    const knob = knobs.find((one) => one.key === key && keys.length < 2);
    choose.value = (comparison && knob?.key) ?? "";
    if (comparison && knob && shown !== key) {
      const both = /** @type {const} */ (["a", "b"]).map((side) =>
        makeSide(state, side, knob, changed),
      );
      sides.replaceChildren(...both.map(({ node }) => node));
      shows = both.map((side) => side.show);
      shown = key;
    }
    sides.hidden = !comparison || !knob;
    if (comparison && knob) shows.forEach((one) => one(comparison));
    setText(names, comparison ? namesOf(comparison, keys) : "");
  };
  return { node, show };
}

/**
 * @param {Comparison} comparison
 * @param {Key[]} keys that differ
 */
function namesOf({ a, b }, keys) {
  if (!keys.length) return "A and B are the same.";
  const [nameA, nameB] = [a, b].map((settings) =>
    keys.map((key) => shortName(key, settings[key])).join(", "),
  );
  return `A: ${nameA}. B: ${nameB}. All else as in the chips above the scenes.`;
}

/**
 * @param {import("../engine/settings.js").Settings} settings
 * @param {Knob} knob
 */
export function otherOf(settings, { key, value, choices, range }) {
  const now = settings[key];
  const others =
    typeof value === "boolean"
      ? [!now]
      : Array.isArray(value) && !Array.isArray(choices?.[0][0])
        ? [[12, 6]]
        : (choices?.map(([one]) => one) ?? range ?? []);
  const other = others.find((one) => String(one) !== String(now));
  return { ...settings, [key]: other };
}

/**
 * @param {import("./state.js").State} state
 * @param {"a" | "b"} side
 * @param {Knob} knob
 * @param {() => void} changed
 */
function makeSide(state, side, knob, changed) {
  const name = side.toUpperCase();
  const { node, show } = makeControl(knob, {
    change({ key }, value) {
      const { comparison } = state;
      if (!comparison) return;
      const settings = { ...comparison[side], [key]: value };
      state.comparison = { ...comparison, [side]: settings };
      changed();
    },
  });
  return {
    node: element(
      "div",
      { role: "group", "aria-label": name },
      element("b", {}, name),
      node,
    ),
    show: (/** @type {Comparison} */ both) => show(both[side][knob.key]),
  };
}

/** @param {() => void} redraw */
function makeResults(redraw) {
  const stage = makeCanvas({ height: HEIGHT, redraw });
  setLabel(stage.canvas, "AP50 of A (gray) and of B (green)");
  const table = makeTable("Mean of all seeds (lowest to highest)", [
    "",
    ...READ.map(([name]) => name),
  ]);
  const dots = element("div", { className: "d2l-pg-strips" });
  const sentence = element("p", { role: "status" });
  const node = element(
    "div",
    { className: "d2l-pg-more" },
    element(
      "div",
      { className: "d2l-side" },
      note("AP50 of the newest pair: A gray, B green"),
      element("div", {}, stage.canvas),
    ),
    element("div", { className: "d2l-side" }, sentence, dots),
    element("div", { className: "d2l-pg-wide" }, table.table),
  );
  let shown = -1;
  /**
   * @param {import("./background.js").Batch} batch
   * @param {import("../lib/theme.js").Colors} colors
   */
  const show = ({ runs }, colors) => {
    node.hidden = !runs.length;
    if (!runs.length) return void (shown = -1);
    if (stage.width) drawPair(stage, runs, colors);
    const { a, b, difference } = pairsOf(runs);
    if (difference.length === shown) return;
    shown = difference.length;
    setText(sentence, luckSentence(difference, runs[0].settings.n));
    const all = [...a, ...b];
    const reach = 1.1 * Math.max(0.04, ...difference.map(Math.abs));
    dots.replaceChildren(
      ...[a, b].map((values, k) =>
        layDots("AB"[k], values, Math.min(...all), Math.max(...all)),
      ),
      layDots("B − A", difference, -reach, reach),
    );
    dots.hidden = shown < 2;
    setRows(table, rowsOf(runs));
  };
  return { node, show, stage };
}

/** @param {Run[]} runs */
function rowsOf(runs) {
  const columns = READ.map(([, read]) => pairsOf(runs, read));
  return /** @type {const} */ (["a", "b", "difference"]).map((side) => ({
    cells: [
      side === "difference" ? "B − A, in pairs" : side.toUpperCase(),
      ...columns.map((column) =>
        spreadText(column[side], side === "difference" ? signed : formatShare),
      ),
    ],
  }));
}

/**
 * @param {number[]} values
 * @param {(value: number) => string} format
 */
function spreadText(values, format) {
  if (!values.length) return "–";
  const { mean, low, high } = spreadOf(values);
  const text = format(mean);
  return values.length > 1
    ? `${text} (${format(low)} to ${format(high)})`
    : text;
}

/**
 * @param {import("../lib/canvas.js").Stage} stage
 * @param {Run[]} runs
 * @param {import("../lib/theme.js").Colors} colors
 */
function drawPair(stage, runs, colors) {
  const first = 2 * Math.floor((runs.length - 1) / 2);
  const [gray = [], points = []] = runs
    .slice(first, first + 2)
    .map(({ scores }) =>
      scores.map(
        ({ count, ap50 }) => /** @type {[number, number]} */ ([count, ap50]),
      ),
    );
  const length = runs[first].settings.n;
  drawCurves(
    stage,
    { points, gray, length, top: 1, marks: [], color: COLORS.positive },
    colors,
  );
}

/**
 * Values as dots on a line.
 *
 * @param {string} name
 * @param {number[]} values
 * @param {number} low
 * @param {number} high
 */
function layDots(name, values, low, high) {
  const dots = values.map((value) => {
    const dot = element("i");
    dot.style.left = `${(100 * (value - low)) / (high - low || 1)}%`;
    return dot;
  });
  const text = `${name}: ${values.map((value) => value.toFixed(3)).join(", ")}`;
  const line = element(
    "div",
    { className: "d2l-pg-dots", role: "img", "aria-label": text },
    ...dots,
  );
  line.classList.toggle("d2l-pg-zero", low < 0);
  const ends = element("small", {}, `${low.toFixed(2)} to ${high.toFixed(2)}`);
  return element("div", {}, element("b", {}, name), line, ends);
}
