/** What FeatureMapExplorer consists of. */

import { byRatio, makeCanvas } from "../lib/canvas.js";
import { column, element, heading, note } from "../lib/dom.js";
import { makeFrame } from "../lib/frame.js";
import { makeAnnouncer } from "../lib/live.js";
import { makeTable } from "../lib/table.js";
import { makeColors } from "../lib/theme.js";
import { overviewHeight } from "./overview.js";

/** @typedef {import("../lib/activations.js").Layer} Layer */
/** @typedef {ReturnType<typeof makeParts>} Parts */

/**
 * @param {Layer[]} layers
 * @param {number} aspect height of the image by its width
 * @param {() => void} redraw
 */
export function makeParts(layers, aspect, redraw) {
  const picture = makeCanvas({ height: byRatio(aspect), redraw });
  const map = makeCanvas({ height: byRatio(aspect), redraw });
  const most = Math.max(...layers.map(({ channels }) => channels.length));
  const overview = makeCanvas({ height: overviewHeight(most), redraw });
  const overImage = "Cells over the image: the arrow keys choose one";
  const overMap = "Cells of the map: the arrow keys choose one";
  return {
    picture,
    map,
    overview,
    imageFrame: makeFrame(picture.canvas, overImage),
    mapFrame: makeFrame(map.canvas, overMap),
    overviewFrame: element(
      "div",
      { className: "d2l-overview" },
      overview.canvas,
    ),
    imageTitle: heading(),
    mapTitle: heading(),
    what: note("", "d2l-wide d2l-why"),
    table: makeTable(
      "Layers",
      ["Layer", "Map", "Channels", "Cell", "Sees"],
      "d2l-tight",
    ),
    live: makeAnnouncer(),
    colors: makeColors(),
  };
}

/** @param {Parts} parts */
export function layOut(parts) {
  return [
    column(parts.imageTitle, parts.imageFrame),
    column(parts.mapTitle, parts.mapFrame),
    parts.what,
    element("div", {}, parts.table.table),
    column(heading("Its channels that vary most"), parts.overviewFrame),
    parts.live.region,
  ];
}
