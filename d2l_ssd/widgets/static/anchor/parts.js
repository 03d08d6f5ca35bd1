/** What AnchorExplorer consists of. */

import { byRatio, makeCanvas } from "../lib/canvas.js";
import { column, element, note } from "../lib/dom.js";
import { makeFrame } from "../lib/frame.js";
import { makeAnnouncer } from "../lib/live.js";
import { makeTable } from "../lib/table.js";
import { makeColors } from "../lib/theme.js";

/** @typedef {import("./data.js").Data} Data */

const HISTOGRAM_HEIGHT = 196;

/** @typedef {ReturnType<typeof makeParts>} Parts */

/**
 * @param {Data} data
 * @param {() => void} redraw
 * @param {() => void} redrawAll the histogram, too
 */
export function makeParts({ shapes }, redraw, redrawAll) {
  const height = byRatio(shapes[0][0] / shapes[0][1]);
  const picture = makeCanvas({ height, redraw });
  const label = "Cells of the map: the arrow keys choose one";
  return {
    picture,
    frame: makeFrame(picture.canvas, label),
    histogram: makeCanvas({ height: HISTOGRAM_HEIGHT, redraw: redrawAll }),
    truthTable: makeTable("Best IoU of any anchor", [
      "Object",
      "Its size",
      "Best IoU",
      "From map",
    ]),
    binTable: makeTable(
      "Objects of the data set by size",
      ["Size", "Objects", "Reached"],
      "d2l-visually-hidden",
    ),
    count: note(),
    total: note(),
    live: makeAnnouncer(),
    colors: makeColors(),
  };
}

/** @param {Parts} parts */
export function layOut({
  frame,
  count,
  truthTable,
  total,
  histogram,
  binTable,
  live,
}) {
  const canvas = element("div", {}, histogram.canvas);
  const below = element("div", {}, total, canvas, binTable.table);
  return [frame, column(count, truthTable.table, below), live.region];
}
