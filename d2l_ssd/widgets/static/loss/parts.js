/** What LossExplorer consists of. */

import { byRatio, makeCanvas } from "../lib/canvas.js";
import { column, element, heading, makeButton, note } from "../lib/dom.js";
import { makeFrame } from "../lib/frame.js";
import { makeAnnouncer } from "../lib/live.js";
import { makeTable } from "../lib/table.js";
import { makeColors } from "../lib/theme.js";
import { RANGES } from "./data.js";
import { rangeName } from "./texts.js";

/** @typedef {ReturnType<typeof makeParts>} Parts */

/**
 * @typedef {object} Actions
 * @property {(step: number) => void} move along the anchors, dearest first
 * @property {(range: number) => void} say which share is the background's
 */

/** What pays for what, as the bar shows it: class name, words. */
export const PAYERS = [
  ["d2l-loss-positive", "positive: class"],
  ["d2l-loss-localization", "positive: box"],
  ["d2l-loss-background", "background: class"],
];

const KEY =
  "A square's area is what its anchor pays. Dashed: the chosen anchor; solid: the " +
  "box that the network makes of it.";

/**
 * @param {import("./data.js").Data} data
 * @param {() => void} redraw
 * @param {Actions} actions
 */
export function makeParts({ aspect }, redraw, { move, say }) {
  const picture = makeCanvas({ height: byRatio(aspect), redraw });
  const label =
    "Anchors: the arrow keys go from the one that pays most to others";
  return {
    picture,
    frame: makeFrame(picture.canvas, label),
    title: heading(),
    verdict: note("", "d2l-why d2l-loss-said"),
    formula: note("", "d2l-loss-formula"),
    task: note("", "d2l-loss-task"),
    guesses: makeGuesses(say),
    bar: makeBar(),
    sums: makeTable("Who pays what", ["Anchors", "Number", "Class", "Box"]),
    ...makeChooser(move),
    why: note("", "d2l-loss-why"),
    classTable: makeTable("Its class: −ln p = ln Σ exp(logits) − its logit", [
      "Class",
      "p",
      "−ln p",
    ]),
    boxTable: makeTable(
      "Its box",
      ["Offset", "Said", "Target", "Difference", "Smooth L1"],
      "d2l-tight",
    ),
    live: makeAnnouncer(),
    colors: makeColors(),
  };
}

/**
 * Make the buttons that go from anchor to anchor, and the name of the chosen one.
 *
 * @param {(step: number) => void} move
 */
function makeChooser(move) {
  const buttons = [
    makeButton("‹", () => move(-1), "Anchor that pays more"),
    makeButton("›", () => move(1), "Anchor that pays less"),
  ];
  const which = element("span");
  const className = "d2l-buttons d2l-loss-chooser";
  const chooser = element("div", { className }, ...buttons, which);
  return { buttons, which, chooser };
}

/** @param {(range: number) => void} say */
function makeGuesses(say) {
  const buttons = RANGES.map((_, range) => {
    const name = rangeName(range);
    return makeButton(name, () => say(range), `I guess ${name}`);
  });
  return element(
    "div",
    { className: "d2l-offers", role: "group", "aria-label": "Your guess" },
    ...buttons,
  );
}

/** Make a bar of one piece per payer. */
function makeBar() {
  const pieces = PAYERS.map(([className]) => element("span", { className }));
  const bar = element(
    "div",
    { className: "d2l-loss-bar", "aria-hidden": "true" },
    ...pieces,
  );
  return { bar, pieces };
}

function makeLegend() {
  const legend = note("", "d2l-legend");
  const entries = [...PAYERS, ["d2l-loss-free", "pays nothing"]];
  for (const [className, text] of entries) {
    const swatch = element("span", { className: `d2l-swatch ${className}` });
    legend.append(element("span", { className: "d2l-entry" }, swatch, text));
  }
  return legend;
}

/** @param {Parts} parts */
export function layOut(parts) {
  const { frame, title, verdict, guesses, bar, formula, sums, task } = parts;
  const { chooser, why, classTable, boxTable, live } = parts;
  return [
    column(frame, makeLegend(), note(KEY)),
    column(title, verdict, guesses, bar.bar, formula, sums.table, task),
    column(chooser, why, classTable.table),
    column(boxTable.table),
    live.region,
  ];
}
