/** Two settings, one change between them: a run of each, then ten seeds. */

import { makeCanvas } from "../lib/canvas.js";
import { COLORS } from "../lib/colors.js";
import {
  column,
  element,
  heading,
  note,
  setLabel,
  setText,
} from "../lib/dom.js";
import { formatShare } from "../lib/format.js";
import { makeTable, setRows } from "../lib/table.js";
import { progressOf } from "./background.js";
import { makePicker } from "./compare_picker.js";
import { makeButton } from "./controls.js";
import { drawCurves } from "./curves.js";
import {
  luckSentence,
  pairsOf,
  READ,
  runsOf,
  signed,
  spreadOf,
} from "./luck.js";
import { scrollable } from "./outcome.js";

/** @typedef {import("./runs.js").Run} Run */

const SEEDS = 10;
const HEIGHT = 144;
/** @type {import("./background.js").Batch} */
const NOTHING = { wanted: [], runs: [], running: false };
const NOISE =
  "Noise: one run against one, a difference under 0.04 in AP50 says nothing (0.09 after 2,000 scenes); five against five, under 0.02. Both runs of a pair begin with the same weights and see the same scenes.";

/** @param {import("./extras.js").Tools} tools */
export function makeCompare(tools) {
  const { state, background, update, changed, colors } = tools;
  let batch = NOTHING;
  const start = (/** @type {number} */ seeds) => {
    const { comparison } = state;
    if (comparison) batch = background.start(runsOf(comparison, seeds));
    update();
  };
  const picker = makePicker(state, () => {
    background.stop();
    batch = NOTHING;
    changed();
    update();
  });
  const halt = () => (background.stop(), update());
  const once = makeButton("Run both", () => start(1));
  const luck = makeButton("Is it luck? Ten seeds each", () => start(SEEDS));
  const stop = makeButton("Stop", halt);
  const bar = element("i");
  const progress = element("div", { className: "d2l-pg-progress" }, bar);
  const results = makeResults(update);
  const node = column(
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

/** @param {() => void} redraw */
function makeResults(redraw) {
  const stage = makeCanvas({ height: HEIGHT, redraw });
  setLabel(stage.canvas, "AP50 of A (gray) and of B (green)");
  const headings = ["", ...READ.map(([name]) => name)];
  const table = makeTable("Mean of all seeds (lowest to highest)", headings);
  const dots = element("div", { className: "d2l-pg-strips" });
  const sentence = element("p", { role: "status" });
  const legend = note("AP50 of the newest pair: A gray, B green");
  const charts = column(legend, element("div", {}, stage.canvas));
  const more = { className: "d2l-pg-more" };
  const node = column(
    element("div", more, charts, column(sentence, dots)),
    scrollable(table.table, "Table of both settings"),
  );
  let shown = -1;
  /**
   * @param {import("./background.js").Batch} batch
   * @param {import("../lib/theme.js").Colors} colors
   */
  const show = ({ runs }, colors) => {
    node.hidden = !runs.length;
    if (stage.width && runs.length) drawPair(stage, runs, colors);
    const { a, b, difference } = pairsOf(runs);
    if (difference.length === shown || !runs.length) return;
    shown = difference.length;
    setText(sentence, luckSentence(difference, runs[0].settings.n));
    dots.replaceChildren(...(shown > 1 ? layAllDots(a, b, difference) : []));
    setRows(table, rowsOf(runs));
  };
  return { node, show, stage };
}

/**
 * @param {number[]} a
 * @param {number[]} b
 * @param {number[]} difference
 */
function layAllDots(a, b, difference) {
  const { low, high } = spreadOf([...a, ...b]);
  const reach = 1.1 * Math.max(0.04, ...difference.map(Math.abs));
  return [
    layDots("A", a, low, high),
    layDots("B", b, low, high),
    layDots("B − A", difference, -reach, reach),
  ];
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
  const format = low < 0 ? signed : formatShare;
  const text = `${name}: ${values.map(format).join(", ")}`;
  const line = element(
    "div",
    { className: "d2l-pg-dots", role: "img", "aria-label": text },
    ...dots,
  );
  line.classList.toggle("d2l-pg-zero", low < 0);
  const ends = element("small", {}, `${format(low)} to ${format(high)}`);
  return element("div", {}, element("b", {}, name), line, ends);
}
