/** What NMSExplorer consists of. */

import { byRatio, makeCanvas } from "../lib/canvas.js";
import { column, element, heading, makeButton, note } from "../lib/dom.js";
import { makeFrame } from "../lib/frame.js";
import { makeAnnouncer } from "../lib/live.js";
import { makeTable } from "../lib/table.js";
import { makeColors } from "../lib/theme.js";
import { MOST_GUESSED } from "./data.js";

/** @typedef {ReturnType<typeof makeParts>} Parts */

/**
 * @typedef {object} Actions
 * @property {(by: number) => void} move by so many steps
 * @property {(step: number) => void} go to a step
 * @property {() => void} play or pause
 * @property {(guess: number) => void} say how many boxes will be left
 */

const END = Infinity;

/**
 * @param {() => void} redraw
 * @param {Actions} actions
 */
export function makeParts(redraw, { move, go, play, say }) {
  const picture = makeCanvas({ height: byRatio(1), redraw });
  const label =
    "Boxes: left and right go a step, up and down to the next box that is kept";
  return {
    picture,
    frame: makeFrame(picture.canvas, label),
    title: heading(),
    verdict: note("", "d2l-why d2l-nms-said"),
    ending: note("", "d2l-nms-ending"),
    task: note("", "d2l-task"),
    guesses: makeGuesses(say),
    previous: makeButton("‹", () => move(-1), "Previous step"),
    next: makeButton("Next step ›", () => move(1)),
    player: makeButton("▶ Play", play),
    end: makeButton("To the end", () => go(END)),
    slider: makeSlider(go),
    boxes: makeTable(
      "The boxes, best score first",
      ["Box", "Score", "NMS says", "IoU", "Lies on (IoU)"],
      "d2l-tight d2l-nms-boxes",
    ),
    live: makeAnnouncer(),
    colors: makeColors(),
  };
}

/**
 * Make a button for each number of boxes that may be left.
 *
 * @param {(guess: number) => void} say
 */
function makeGuesses(say) {
  const buttons = Array.from({ length: MOST_GUESSED }, (_, k) => {
    const more = k + 1 === MOST_GUESSED;
    const text = more ? `${k + 1} or more` : String(k + 1);
    return makeButton(text, () => say(k + 1), `I guess ${text}`);
  });
  const row = element(
    "div",
    { className: "d2l-offers", role: "group", "aria-label": "Your guess" },
    ...buttons,
  );
  /** @param {number} count of the boxes that there are; 0 asks for no guess */
  const show = (count) => {
    row.hidden = !count;
    buttons.forEach((button, k) => (button.hidden = k >= count));
  };
  return { row, show };
}

/** @param {(step: number) => void} go */
function makeSlider(go) {
  const slider = element("input", {
    className: "d2l-nms-slider",
    type: "range",
    min: "0",
    "aria-label": "Step",
  });
  slider.addEventListener("input", () => go(Number(slider.value)));
  return slider;
}

const LEGEND = [
  ["d2l-nms-waiting", "not decided"],
  ["d2l-nms-kept", "kept"],
  ["d2l-nms-removed", "removed now"],
  ["d2l-nms-stays", "tested, stays"],
  ["d2l-nms-object", "ground truth"],
];

function makeLegend() {
  const legend = note("", "d2l-legend");
  for (const [className, text] of LEGEND) {
    const key = element(
      "span",
      { className: `d2l-key ${className}` },
      "\u00a0",
    );
    legend.append(element("span", { className: "d2l-entry" }, key, text));
  }
  return legend;
}

/** @param {Parts} parts */
export function layOut(parts) {
  const { frame, title, verdict, ending, task, guesses, boxes, live } = parts;
  const { previous, next, player, end, slider } = parts;
  next.classList.add("d2l-nms-next");
  const buttons = element(
    "div",
    { className: "d2l-buttons d2l-nms-buttons" },
    ...[previous, next, player, end],
  );
  return [
    column(frame, makeLegend()),
    column(title, verdict, guesses.row, buttons, slider, ending, task),
    element("div", { className: "d2l-wide" }, boxes.table),
    live.region,
  ];
}
