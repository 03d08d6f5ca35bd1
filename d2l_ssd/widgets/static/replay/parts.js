/** What TrainingReplay consists of. */

import { makeCanvas } from "../lib/canvas.js";
import { element, heading, note } from "../lib/dom.js";
import { makeAnnouncer } from "../lib/live.js";
import { makeTable } from "../lib/table.js";
import { makeColors } from "../lib/theme.js";
import { makeTiles } from "../lib/tiles.js";
import { mosaicHeight } from "./mosaic.js";

/** @typedef {import("./data.js").Data} Data */
/** @typedef {ReturnType<typeof makeParts>} Parts */

const CHART_HEIGHT = 170;

/**
 * @param {Data} data
 * @param {() => void} redraw
 */
export function makeParts({ labels, losses }, redraw) {
  const lossChart = makeCanvas({ height: CHART_HEIGHT, redraw });
  const shareChart = makeCanvas({ height: CHART_HEIGHT, redraw });
  const images = `These ${labels.length} images, and AP50 of all`;
  const names = losses.map(({ text }) => text);
  return {
    mosaic: makeCanvas({ height: mosaicHeight(labels.length), redraw }),
    lossChart,
    lossFrame: makeChartFrame("Training loss", lossChart.canvas),
    shareChart,
    shareFrame: makeChartFrame(images, shareChart.canvas),
    tiles: makeTiles(),
    summary: note(),
    table: makeTable(
      "Epochs",
      ["Epoch", ...names, "Right", "Wrong", "Missed", "AP50"],
      "d2l-visually-hidden",
    ),
    live: makeAnnouncer(),
    colors: makeColors(),
  };
}

/**
 * @param {string} title
 * @param {HTMLCanvasElement} canvas
 */
function makeChartFrame(title, canvas) {
  const className = "d2l-side d2l-chart";
  return element(
    "div",
    { className },
    heading(title),
    element("div", {}, canvas),
  );
}

/** @param {Parts} parts */
export function layOut({ mosaic, tiles, summary, table, live, ...parts }) {
  const status = { className: "d2l-wide d2l-side" };
  return [
    element("div", status, tiles.row, summary),
    element("div", { className: "d2l-wide" }, mosaic.canvas),
    parts.lossFrame,
    parts.shareFrame,
    table.table,
    live.region,
  ];
}
