/** What LiveDetector consists of. */

import { byRatio, makeCanvas } from "../lib/canvas.js";
import { column, element, heading, makeButton, note } from "../lib/dom.js";
import { makeFrame } from "../lib/frame.js";
import { makeAnnouncer } from "../lib/live.js";
import { makeTable } from "../lib/table.js";
import { makeColors } from "../lib/theme.js";
import { CHART_HEIGHT } from "./chart.js";
import { KEYS } from "./keys.js";
import { PRIVATE } from "./texts.js";

/** @typedef {ReturnType<typeof makeParts>} Parts */

const KEY =
  "Score by hidden share. Line: recorded. Dots: measured here. ◆ now, ▲ your guess.";

/**
 * @typedef {object} Actions
 * @property {() => void} load the network
 * @property {() => void} show what was guessed
 * @property {(step: number) => void} go to a step of the path
 * @property {(guess: number) => void} guess
 * @property {(k: number) => void} select an object
 * @property {(name: "size" | "angle", value: number) => void} set
 * @property {() => void} hide or show the selected object
 * @property {(way: number) => void} order
 * @property {(way: number) => void} choose another box
 * @property {(file: File) => void} read a picture
 * @property {() => void} leave the reader's own picture
 */

/**
 * @param {() => void} redraw
 * @param {Actions} actions
 * @param {{ names: string[], steps: number, megabytes: number }} about
 */
export function makeParts(redraw, actions, { names, steps, megabytes }) {
  const picture = makeCanvas({ height: byRatio(1), redraw });
  const text = `Load the network (about ${megabytes} MB)`;
  return {
    picture,
    chart: makeCanvas({ height: CHART_HEIGHT, redraw }),
    frame: makeFrame(picture.canvas, `The scene. ${KEYS}`),
    title: heading("How much can be hidden?"),
    verdict: note("", "d2l-why d2l-live-said"),
    now: note("", "d2l-why"),
    said: note("", "d2l-why d2l-live-said"),
    status: note("", "d2l-live-status"),
    progress: element("progress", { max: 1, "aria-label": "Loading" }),
    load: makeButton(text, actions.load),
    guess: makeRange("Your guess: hidden share", [0, 1, 0.01], actions.guess),
    reveal: makeButton("Show what happens", actions.show),
    step: makeRange("Raise the kennel", [0, steps - 1, 1], actions.go),
    objects: names.map((name, k) =>
      makeButton(name, () => actions.select(k), `Select: ${name}`),
    ),
    size: makeRange("Size", [0.06, 1.2, 0.01], (x) => actions.set("size", x)),
    angle: makeRange("Angle", [-180, 180, 1], (x) => actions.set("angle", x)),
    hide: makeButton("Hide", actions.hide),
    front: makeButton("Forward", () => actions.order(1)),
    back: makeButton("Backward", () => actions.order(-1)),
    own: makeOwn(actions),
    boxes: makeTable(
      "Boxes shown (xmin, ymin, xmax, ymax)",
      ["Class", "Score", "Box", "Anchor"],
      "d2l-tight d2l-live-boxes",
    ),
    previousBox: makeButton("‹", () => actions.choose(-1), "Previous box"),
    nextBox: makeButton("Next box ›", () => actions.choose(1)),
    ...makeInside(),
    live: makeAnnouncer(),
    colors: makeColors(),
  };
}

/** Make what shows where the chosen box comes from. */
function makeInside() {
  const origin = makeTable("From the anchor to the box", ["", ""], "d2l-tight");
  const classes = makeTable(
    "What the class head says",
    ["Class", "log p (logit + c)", "Softmax"],
    "d2l-tight d2l-live-classes",
  );
  const offsets = makeTable(
    "What the offset head says",
    ["Offset", "Value", "It moves the anchor"],
    "d2l-tight d2l-offsets",
  );
  const rivals = makeTable(
    "Its rivals before NMS",
    ["Anchor", "Score", "IoU"],
    "d2l-tight d2l-live-rivals",
  );
  const rivalCount = note();
  const why = note(
    "The file ends with the softmax: the logarithm of a probability is the logit up " +
      "to a constant c, which is the same for all classes of an anchor.",
  );
  const inside = element(
    "div",
    { className: "d2l-wide d2l-live-inside", hidden: true },
    column(origin.table, offsets.table),
    column(classes.table, why, rivalCount, rivals.table),
  );
  const closed = note(
    "With the network loaded, this place shows where the chosen box comes from: its " +
      "anchor, the heads' numbers, and the rivals that NMS removed.",
    "d2l-wide",
  );
  return { origin, classes, offsets, rivals, rivalCount, inside, closed };
}

/**
 * Make a slider with its name.
 *
 * @param {string} name
 * @param {[low: number, high: number, step: number]} range
 * @param {(value: number) => void} moved
 */
function makeRange(name, [min, max, step], moved) {
  const input = element("input", {
    ...{ type: "range", min: String(min), max: String(max) },
    ...{ step: String(step), "aria-label": name },
  });
  input.addEventListener("input", () => moved(Number(input.value)));
  const value = element("output");
  const row = element("label", { className: "d2l-live-range" }, name);
  row.append(input, value);
  return { row, input, value };
}

/**
 * Make what takes a picture of the reader's own.
 *
 * @param {Actions} actions
 */
function makeOwn({ read, leave }) {
  const file = element("input", {
    ...{ type: "file", accept: "image/*", hidden: true, tabIndex: -1 },
    "aria-label": "A picture of your own",
  });
  file.addEventListener("change", () => {
    if (file.files?.[0]) read(file.files[0]);
    file.value = ""; // the same one can be chosen again
  });
  return {
    file,
    choose: makeButton("Your own picture …", () => file.click()),
    leave: makeButton("Back to the drawn scene", leave),
    note: note(PRIVATE),
  };
}

/** @param {Parts} parts */
export function layOut(parts) {
  const { size, angle, hide, front, back, own, live } = parts;
  const row = (/** @type {Node[]} */ ...nodes) =>
    element("div", { className: "d2l-buttons d2l-live-row" }, ...nodes);
  parts.load.classList.add("d2l-live-load");
  const choices = row(...parts.objects);
  choices.setAttribute("role", "group");
  choices.setAttribute("aria-label", "Select an object");
  const dropped = note("You can drop a picture on the scene, too. ");
  return [
    column(
      parts.frame,
      parts.said,
      choices,
      row(hide, front, back),
      size.row,
      angle.row,
    ),
    column(
      ...[parts.title, parts.verdict, parts.guess.row, row(parts.reveal)],
      ...[element("div", {}, parts.chart.canvas), note(KEY)],
      ...[parts.step.row, parts.now],
      ...[parts.status, parts.progress, row(parts.load)],
      ...[row(own.choose, own.leave, own.file), dropped, own.note],
    ),
    element(
      "div",
      { className: "d2l-wide" },
      parts.boxes.table,
      row(parts.previousBox, parts.nextBox),
    ),
    ...[parts.closed, parts.inside, live.region],
  ];
}
