/** AnchorExplorer's histogram of a data set. */

import { bestPossibleIouByCell } from "../lib/anchors.js";
import { setLabel, setText } from "../lib/dom.js";
import { formatCount, formatPercent } from "../lib/format.js";
import { countBins, drawHistogram, nameBin } from "../lib/histogram.js";
import { setRows } from "../lib/table.js";
import { REACHED } from "./data.js";

/** @typedef {import("./data.js").Data} Data */
/** @typedef {import("./data.js").Settings} Settings */
/** @typedef {import("./parts.js").Parts} Parts */

/**
 * @param {Parts} parts
 * @param {Data} data
 * @param {Settings} settings
 */
export function showDataSet(parts, data, { sizes, ratios, map }) {
  const { shapes, objects, best } = data;
  const perMap = shapes.map(() => ratios);
  bestPossibleIouByCell(shapes, sizes, perMap, objects, best);
  const bins = countBins(data.bins, best, REACHED);
  const reached = bins.reduce((sum, bin) => sum + bin.reached, 0);
  const share = best.length ? reached / best.length : 0;
  const text =
    `${formatCount(reached)} of ${formatCount(best.length)} objects of the data ` +
    `set can be matched at IoU ≥ ${REACHED} (${formatPercent(share)}).`;
  setText(parts.total, text);
  setLabel(parts.histogram.canvas, `Histogram by object size. ${text}`);
  const rows = bins.map((bin, b) => ({
    cells: [nameBin(b), String(bin.objects), String(bin.reached)],
    data: bin,
  }));
  setRows(parts.binTable, rows);
  drawHistogram(parts.histogram, bins, sizes, map, parts.colors);
}
