/** What DetectionExplorer consists of. */

import { byRatio, makeCanvas } from "../lib/canvas.js";
import { column, element, note } from "../lib/dom.js";
import { makeFrame } from "../lib/frame.js";
import { makeAnnouncer } from "../lib/live.js";
import { makeTable } from "../lib/table.js";
import { makeColors } from "../lib/theme.js";
import { makeThumbs } from "../lib/thumbs.js";
import { makeTiles } from "../lib/tiles.js";

/** @typedef {ReturnType<typeof makeParts>} Parts */

const CHART_HEIGHT = 220;

/**
 * @param {HTMLImageElement[]} images
 * @param {boolean} compact
 * @param {(image: number) => void} chooseImage
 * @param {() => void} redraw
 */
export function makeParts(images, compact, chooseImage, redraw) {
  const picture = makeCanvas({ height: byRatio(1), redraw });
  const chart = makeCanvas({ height: CHART_HEIGHT, redraw });
  const label = "Boxes of the image: the arrow keys go from one to the next";
  return {
    picture,
    frame: makeFrame(picture.canvas, label),
    chart,
    chartFrame: element("div", { className: "d2l-chart" }, chart.canvas),
    why: note("", "d2l-why"),
    thumbs: makeThumbs(images, chooseImage),
    tiles: makeTiles(),
    summary: note(),
    boxTable: makeTable("Boxes on this image", [
      "Class",
      "Score",
      "IoU",
      "It is",
    ]),
    classTable: makeTable(
      `All ${images.length} images`,
      ["Class", "Found", "Wrong", "Precision", "Recall", "AP"],
      compact ? "d2l-visually-hidden" : "d2l-tight",
    ),
    live: makeAnnouncer(),
    colors: makeColors(),
  };
}

/**
 * @param {Parts} parts
 * @param {boolean} compact
 */
export function layOut(parts, compact) {
  const { tiles, thumbs, summary, chartFrame } = parts;
  const { classTable, boxTable } = parts;
  const left = column(parts.frame, parts.why);
  const curves = element("div", {}, summary, chartFrame);
  const right = column(tiles.row, thumbs.strip, curves);
  if (compact) {
    right.append(classTable.table);
    return [left, right, parts.live.region];
  }
  const below = [classTable, boxTable].map(({ table }) =>
    element("div", {}, table),
  );
  return [left, right, ...below, parts.live.region];
}
