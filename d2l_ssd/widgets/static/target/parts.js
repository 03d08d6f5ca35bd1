/** What TargetExplorer consists of. */

import { byRatio, makeCanvas } from "../lib/canvas.js";
import { CLASS_COLORS, COLORS } from "../lib/colors.js";
import { column, element, makeButton, note } from "../lib/dom.js";
import { makeFrame } from "../lib/frame.js";
import { makeAnnouncer } from "../lib/live.js";
import { makeTable } from "../lib/table.js";
import { makeColors } from "../lib/theme.js";

/** @typedef {import("./data.js").Data} Data */

const CLOSE_UP_HEIGHT = 190;
const BACKGROUND_SWATCH = "#d8dde2";
const KEY =
  "Dashed: the anchor; solid: its ground truth. First the center moves (red), " +
  "then the right and the lower side (blue).";

/** @typedef {ReturnType<typeof makeParts>} Parts */

/**
 * @param {Data} data
 * @param {() => void} redraw
 * @param {(step: number) => void} selectNext
 */
export function makeParts({ aspect }, redraw, selectNext) {
  const picture = makeCanvas({ height: byRatio(aspect), redraw });
  const label = "Positive anchors: the arrow keys go from one to the next";
  return {
    picture,
    frame: makeFrame(picture.canvas, label),
    closeUp: makeCanvas({ height: CLOSE_UP_HEIGHT, redraw }),
    summary: note(),
    mapTable: makeTable("Anchors by map", [
      "Map",
      "Positive",
      "Ignored",
      "Background",
    ]),
    offsetTable: makeTable(
      "Its offsets",
      ["Offset", "Value", "It says"],
      "d2l-offsets",
    ),
    buttons: [
      makeButton("‹", () => selectNext(-1), "Previous positive anchor"),
      makeButton("›", () => selectNext(1), "Next positive anchor"),
    ],
    which: element("span"),
    live: makeAnnouncer(),
    colors: makeColors(),
  };
}

/** @param {string[]} names */
function makeLegend(names) {
  /**
   * @param {string} background
   * @param {string} text
   */
  const entry = (background, text) => {
    const swatch = element("span", { className: "d2l-swatch" });
    Object.assign(swatch.style, { background });
    return element("span", { className: "d2l-entry" }, swatch, text);
  };
  const legend = note("", "d2l-legend");
  legend.append(
    ...names.map((name, label) =>
      entry(CLASS_COLORS[label], `positive: ${name}`),
    ),
    entry(COLORS.ignored, "ignored"),
    entry(BACKGROUND_SWATCH, "background"),
  );
  return legend;
}

/**
 * @param {Parts} parts
 * @param {string[]} names
 */
export function layOut(parts, names) {
  const { frame, mapTable, summary, closeUp, offsetTable, live } = parts;
  const side = column(makeLegend(names), mapTable.table, summary);
  const canvas = element("div", {}, closeUp.canvas);
  const zoom = element("div", {}, canvas, note(KEY));
  const below = column(
    element("div", { className: "d2l-buttons" }, ...parts.buttons, parts.which),
    offsetTable.table,
  );
  return [frame, side, zoom, below, live.region];
}
