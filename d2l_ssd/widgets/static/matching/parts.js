/** What MatchingExplorer consists of. */

import { byRatio, makeCanvas } from "../lib/canvas.js";
import { column, element, heading, makeButton, note } from "../lib/dom.js";
import { makeFrame } from "../lib/frame.js";
import { makeAnnouncer } from "../lib/live.js";
import { makeTable } from "../lib/table.js";
import { makeColors } from "../lib/theme.js";

/** @typedef {ReturnType<typeof makeParts>} Parts */
/** @typedef {{ go: (choose: (now: number, last: number) => number) => void }} Actions */

const LABEL =
  "Matching: the left and right arrow keys go from step to step, up and down " +
  "point at an anchor, and Enter guesses it";
const CLOSE_UP_HEIGHT = 190;
const KEY =
  "Rule 1: each object gets an anchor of its own, the largest IoU first. Rule 2: " +
  "every other anchor takes the object that it overlaps most, if their IoU " +
  "reaches the threshold.";

/**
 * @param {() => void} redraw
 * @param {Actions} actions
 */
export function makeParts(redraw, { go }) {
  const picture = makeCanvas({ height: byRatio(1), redraw });
  return {
    picture,
    closeUp: makeCanvas({ height: CLOSE_UP_HEIGHT, redraw }),
    frame: makeFrame(picture.canvas, LABEL),
    title: heading(),
    sentence: note("", "d2l-says"),
    guesses: element("div", {
      className: "d2l-guesses",
      role: "group",
      "aria-label": "Your guess",
    }),
    back: makeButton("‹", () => go((now) => now - 1), "Previous step"),
    next: makeButton("›", () => go((now) => now + 1), "Next step"),
    start: makeButton("Start again", () => go(() => 0)),
    end: makeButton("To the end", () => go((_, last) => last)),
    ious: makeTable("IoU of each anchor with each object", [], "d2l-matching"),
    objects: makeTable(
      "What each object gets",
      ["Object", "Best anchor", "By rule 1", "By rule 2"],
      "d2l-objects d2l-tight",
    ),
    some: note(),
    task: note("", "d2l-task"),
    live: makeAnnouncer(),
    colors: makeColors(),
  };
}

/** @param {Parts} parts */
export function layOut(parts) {
  const { back, next, start, end, frame, live } = parts;
  const buttons = element(
    "div",
    { className: "d2l-buttons" },
    ...[back, next, start, end],
  );
  return [
    element(
      "div",
      { className: "d2l-wide d2l-side" },
      parts.title,
      buttons, // over the sentence: they stay where they are as it grows
      parts.sentence,
      parts.guesses,
    ),
    column(frame, element("div", {}, parts.closeUp.canvas)),
    column(
      parts.ious.table,
      parts.objects.table,
      parts.task,
      parts.some,
      note(KEY),
    ),
    live.region,
  ];
}
