/** TrainingReplay's charts and table of epochs. */

import { niceTop } from "../lib/chart.js";
import { COLORS } from "../lib/colors.js";
import { formatShare } from "../lib/format.js";
import { drawEpochs } from "../lib/line_chart.js";
import { setRows } from "../lib/table.js";

/** @typedef {import("./data.js").Counted} Counted */
/** @typedef {import("./data.js").Data} Data */
/** @typedef {import("./parts.js").Parts} Parts */

const LOSS_DASHES = [[], [7, 4], [2, 3]];
const RECALL = { text: "objects found", color: COLORS.positive, dash: [] };
const PRECISION = { text: "boxes right", color: COLORS.miss, dash: [7, 4] };
const AP50 = { text: "AP50", color: COLORS.missed };

/**
 * @param {Parts} parts
 * @param {Data} data
 * @param {number} epoch
 */
export function drawLosses({ lossChart, colors }, { losses }, epoch) {
  const top = niceTop(Math.max(...losses.flatMap(({ values }) => values)));
  const series = losses.map(({ text, values }, k) => ({
    text,
    values,
    color: colors.text,
    dash: LOSS_DASHES[k % LOSS_DASHES.length],
  }));
  drawEpochs(lossChart, series, { epoch, top, colors });
}

/**
 * @param {Parts} parts
 * @param {Data} data
 * @param {Counted} counted
 */
export function drawShares({ shareChart, colors }, { ap50 }, counted) {
  const { epoch, totals } = counted;
  /** @type {import("../lib/line_chart.js").Series[]} */
  const series = [
    { ...RECALL, values: totals.map(({ recall }) => recall) },
    { ...PRECISION, values: totals.map(({ precision }) => precision) },
  ];
  if (ap50.some((value) => value !== null)) {
    series.push({ ...AP50, values: ap50 });
  }
  drawEpochs(shareChart, series, { epoch, top: 1, colors });
}

/**
 * @param {Parts} parts
 * @param {Data} data
 * @param {Counted["totals"]} totals
 */
export function showEpochs({ table }, { losses, ap50 }, totals) {
  const rows = totals.map((total, i) => {
    const { correct, wrong, missed, precision, recall } = total;
    return {
      cells: [
        String(i + 1),
        ...losses.map(({ values }) => values[i].toFixed(2)),
        String(correct),
        String(wrong),
        String(missed),
        formatShare(ap50[i] ?? NaN),
      ],
      data: { correct, wrong, missed, precision, recall },
    };
  });
  setRows(table, rows);
}
