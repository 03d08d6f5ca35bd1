/** A histogram of objects by size: those that anchors reach, and the rest. */

import { CHART_FONT, drawMarker, hatchRect, makePlot } from "./chart.js";
import { COLORS } from "./colors.js";
import { strokePath } from "./draw.js";

/** @typedef {import("./canvas.js").Stage} Stage */
/** @typedef {import("./chart.js").Context} Context */
/** @typedef {import("./chart.js").Plot} Plot */
/** @typedef {import("./theme.js").Colors} Colors */
/** @typedef {{ objects: number, reached: number }} Bin */

const BINS = 8; // of object size: 0 to 0.1, ..., 0.7 and more
const PER_UNIT = 10; // bins from size 0 to size 1
const MARGIN = { left: 4, right: 8, top: 18, bottom: 44 };
const GAP = 4; // pixels between bars

/**
 * The bin of an object's size.
 *
 * @param {number} size
 */
export function binOf(size) {
  return Math.min(BINS - 1, Math.floor(size * PER_UNIT));
}

/**
 * Name the sizes of a bin.
 *
 * @param {number} bin
 */
export function nameBin(bin) {
  const [low, high] = [bin / PER_UNIT, (bin + 1) / PER_UNIT];
  return bin < BINS - 1 ? `${low} to ${high}` : `${low} and more`;
}

/**
 * Count objects, and those whose best IoU is high enough.
 *
 * @param {ArrayLike<number>} bins of the objects
 * @param {ArrayLike<number>} best IoU of the objects
 * @param {number} enough
 * @returns {Bin[]}
 */
export function countBins(bins, best, enough) {
  const counts = Array.from({ length: BINS }, () => ({
    objects: 0,
    reached: 0,
  }));
  for (let i = 0; i < bins.length; i++) {
    counts[bins[i]].objects++;
    if (best[i] >= enough) counts[bins[i]].reached++;
  }
  return counts;
}

/**
 * Draw bars of objects by size, what anchors reach below and the rest on top; under
 * the axis a mark at every size that an anchor has.
 *
 * @param {Stage} stage
 * @param {Bin[]} bins
 * @param {number[][]} sizes per map
 * @param {number} map whose marks are filled
 * @param {Colors} colors
 */
export function drawHistogram(stage, bins, sizes, map, colors) {
  const context = stage.begin();
  const most = Math.max(1, ...bins.map((bin) => bin.objects));
  const plot = makePlot(stage, MARGIN, [0, BINS], [0, most]);
  context.font = CHART_FONT;
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  bins.forEach((bin, b) => drawBar(context, plot, bin, b, colors));
  drawAxis(context, plot, colors);
  sizes.forEach((pair, m) => {
    const look =
      m === map
        ? { fill: COLORS.neutral, stroke: COLORS.neutral }
        : { stroke: colors.muted };
    for (const size of pair) {
      const x = plot.x(Math.min(BINS, size * PER_UNIT));
      const tip = /** @type {[number, number]} */ ([x, plot.base + 3]);
      drawMarker(context, "triangle", tip, {
        radius: 5,
        lineWidth: 1,
        ...look,
      });
    }
  });
}

/**
 * @param {Context} context
 * @param {Plot} plot
 * @param {Bin} bin
 * @param {number} b its number
 * @param {Colors} colors
 */
function drawBar(context, plot, { objects, reached }, b, colors) {
  const left = plot.x(b) + GAP / 2;
  const width = plot.x(1) - plot.x(0) - GAP;
  const [middle, top] = [plot.y(reached), plot.y(objects)];
  context.fillStyle = COLORS.positive;
  context.fillRect(left, middle, width, plot.base - middle);
  context.strokeStyle = COLORS.miss;
  context.lineWidth = 1.5;
  if (objects > reached) hatchRect(context, [left, top, width, middle - top]);
  context.fillStyle = colors.text;
  const share = objects ? `${Math.round((100 * reached) / objects)}%` : "–";
  context.fillText(share, left + width / 2, top - 5);
}

/**
 * @param {Context} context
 * @param {Plot} plot
 * @param {Colors} colors
 */
function drawAxis(context, { left, right, base, x }, colors) {
  context.strokeStyle = colors.muted;
  context.lineWidth = 1;
  strokePath(context, [
    [left, base + 0.5],
    [right, base + 0.5],
  ]);
  context.fillStyle = colors.muted;
  for (let b = 1; b < BINS; b++) {
    context.fillText(`${b / PER_UNIT}`, x(b), base + 26);
  }
  context.textAlign = "left";
  const text = "object size (▲ sizes of the anchors, filled: this map’s)";
  context.fillText(text, left, base + 41);
}
