/** What RecipeExplorer consists of. */

import { makeCanvas } from "../lib/canvas.js";
import { column, element, heading, makeButton, note } from "../lib/dom.js";
import { makeAnnouncer } from "../lib/live.js";
import { makeTable } from "../lib/table.js";
import { makeColors } from "../lib/theme.js";
import { DOTS_HEIGHT } from "./dots.js";

/** @typedef {ReturnType<typeof makeParts>} Parts */
/** @typedef {{ show: () => void, step: (by: number) => void }} Actions */

const LOSS_HEIGHT = 132;
const KEY = "● this row, a dot for each seed; ○ the full recipe; ▲ your guess";
const LOSS_KEY =
  "A part that changes a loss may change its scale: compare the curves' courses " +
  "then, not their levels.";

/**
 * @param {() => void} redraw
 * @param {Actions} actions
 */
export function makeParts(redraw, { show, step }) {
  return {
    title: heading(),
    verdict: note("", "d2l-why"),
    offers: element("div", { className: "d2l-offers" }),
    previous: makeButton("‹", () => step(-1), "Previous row"),
    next: makeButton("›", () => step(1), "Next row"),
    reveal: makeButton("Show the result", show),
    dots: makeCanvas({ height: DOTS_HEIGHT, redraw }),
    classLoss: makeCanvas({ height: LOSS_HEIGHT, redraw }),
    localizationLoss: makeCanvas({ height: LOSS_HEIGHT, redraw }),
    seen: makeTable(
      "What you have seen",
      ["Row", "Your guess", "AP50", "COCO AP", "Seeds"],
      "d2l-seen d2l-tight",
    ),
    live: makeAnnouncer(),
    colors: makeColors(),
  };
}

/** @param {Parts} parts */
export function layOut(parts) {
  const { title, verdict, offers, previous, next, reveal, live } = parts;
  reveal.classList.add("d2l-reveal");
  const buttons = element(
    "div",
    { className: "d2l-buttons" },
    ...[previous, next, reveal],
  );
  const status = { className: "d2l-wide d2l-side" };
  /** @param {import("../lib/canvas.js").Stage} stage */
  const boxed = ({ canvas }) => element("div", {}, canvas);
  return [
    element("div", status, title, verdict, offers, buttons),
    column(heading("AP on the test images"), boxed(parts.dots), note(KEY)),
    column(
      heading("Classification loss"),
      boxed(parts.classLoss),
      heading("Localization loss"),
      boxed(parts.localizationLoss),
      note(LOSS_KEY),
    ),
    element("div", { className: "d2l-wide" }, parts.seen.table),
    live.region,
  ];
}
