/** What IdeasExplorer consists of. */

import { byRatio, makeCanvas } from "../lib/canvas.js";
import { column, element, heading, makeButton, note } from "../lib/dom.js";
import { makeFrame } from "../lib/frame.js";
import { makeAnnouncer } from "../lib/live.js";
import { makeTable } from "../lib/table.js";
import { makeColors } from "../lib/theme.js";
import { makeThumbs } from "../lib/thumbs.js";
import { makeTiles } from "../lib/tiles.js";
import { HEADINGS } from "./tables.js";
import { NUM_RANGES } from "./task.js";

/** @typedef {ReturnType<typeof makeParts>} Parts */

/**
 * @typedef {object} Actions
 * @property {(image: number) => void} choose an image
 * @property {(range: number) => void} say how many boxes there are
 */

const KEY =
  "A small square is a prediction that answers for the object of its number and " +
  "color, drawn in its cell: the larger the square, the coarser its map.";

/**
 * @param {HTMLImageElement[]} images
 * @param {() => void} redraw
 * @param {Actions} actions
 */
export function makeParts(images, redraw, { choose, say }) {
  const picture = makeCanvas({ height: byRatio(1), redraw });
  const label = "Objects: the arrow keys go from one to the next";
  const thumbs = makeThumbs(images, choose);
  thumbs.strip.classList.add("d2l-ideas-thumbs");
  return {
    picture,
    frame: makeFrame(picture.canvas, label),
    left: makeCanvas({ height: byRatio(1), redraw }),
    heading: heading(),
    who: note("", "d2l-ideas-said"),
    what: note("", "d2l-ideas-said"),
    ...{ thumbs, tiles: makeTiles() },
    task: note("", "d2l-task"),
    ...makeGuesses(say),
    table: makeTable(" ", HEADINGS, "d2l-tight d2l-ideas-table"),
    columns: note(),
    live: makeAnnouncer(),
    colors: makeColors(),
  };
}

/** @param {(range: number) => void} say */
function makeGuesses(say) {
  const buttons = Array.from({ length: NUM_RANGES }, (_, range) =>
    makeButton("", () => say(range)),
  );
  const guesses = element(
    "div",
    { className: "d2l-offers", role: "group", "aria-label": "Your guess" },
    ...buttons,
  );
  return { buttons, guesses };
}

/** @param {Parts} parts */
export function layOut(parts) {
  const { frame, left, who, what, thumbs, tiles } = parts;
  const { task, guesses, table, columns, live } = parts;
  const box = element("div", { className: "d2l-ideas-left" }, left.canvas);
  const wide = { className: "d2l-wide d2l-side" };
  return [
    column(
      heading("Who answers in training"),
      frame,
      who,
      note(KEY),
      thumbs.strip,
    ),
    column(parts.heading, box, what, tiles.row),
    element("div", wide, task, guesses, table.table, columns),
    live.region,
  ];
}
