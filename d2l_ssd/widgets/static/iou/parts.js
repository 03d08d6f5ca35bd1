/** What IoUExplorer consists of. */

import { byRatio, makeCanvas } from "../lib/canvas.js";
import { column, element, heading, makeButton, note } from "../lib/dom.js";
import { makeAnnouncer } from "../lib/live.js";
import { makeTable } from "../lib/table.js";
import { makeColors } from "../lib/theme.js";
import { makeHandles } from "./handles.js";
import { LOOKS } from "./picture.js";
import { SCALE_HEIGHT } from "./scale.js";

/** @typedef {import("./data.js").Model} Model */
/** @typedef {import("./data.js").Goal} Goal */
/** @typedef {ReturnType<typeof makeParts>} Parts */

const KEY =
  "● IoU; ◆ GIoU; ▲ your guess; dashed: from here on VOC counts a detection.";

/**
 * @param {Model} model
 * @param {() => void} redraw
 * @param {{ show: () => void, choose: (number: number) => void }} actions
 */
export function makeParts(model, redraw, { show, choose }) {
  const [height, width] = model.get("size");
  const picture = makeCanvas({ height: byRatio(height / width), redraw });
  const handles = makeHandles();
  return {
    picture,
    handles,
    frame: makeFrame(picture.canvas, handles),
    scale: makeCanvas({ height: SCALE_HEIGHT, redraw }),
    cases: model
      .get("cases")
      .map(({ name }, k) => makeButton(name, () => choose(k))),
    title: heading(),
    verdict: note("", "d2l-why"),
    change: note("", "d2l-why"),
    reveal: makeButton("Show the result", show),
    measures: makeTable(
      "Both boxes, in pixels",
      ["Measure", "Value", "How"],
      "d2l-tight d2l-measures",
    ),
    seen: makeTable(
      "What you have guessed",
      ["Case", "Your guess", "IoU", "GIoU"],
      "d2l-tight d2l-measures",
    ),
    conditions: [0, 1, 2].map(() => element("li")),
    solved: note("", "d2l-solved"),
    live: makeAnnouncer(),
    colors: makeColors(),
  };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {import("./handles.js").Handle[]} handles
 */
function makeFrame(canvas, handles) {
  const nodes = handles.map(({ node }) => node);
  const named = { role: "group", "aria-label": "Two boxes to move" };
  const properties = { className: "d2l-picture d2l-iou", ...named };
  return element("div", properties, canvas, ...nodes);
}

function makeLegend() {
  const legend = note("", "d2l-legend");
  for (const { text, style } of LOOKS) {
    const swatch = element("span", { className: "d2l-swatch" });
    Object.assign(swatch.style, style);
    legend.append(element("span", { className: "d2l-entry" }, swatch, text));
  }
  return legend;
}

/**
 * @param {Parts} parts
 * @param {Goal} goal
 */
export function layOut(parts, { iou, within, factor }) {
  const { cases, frame, change, title, verdict, reveal, scale, live } = parts;
  reveal.classList.add("d2l-reveal");
  const task = note(
    `Your task: bring IoU to ${iou.toFixed(2)} ± ${within} with boxes of different ` +
      `sizes (one at least ${factor} times the other), neither inside the other.`,
  );
  const choices = element(
    "div",
    { className: "d2l-wide d2l-offers" },
    ...cases,
  );
  return [
    choices,
    column(frame, makeLegend(), change),
    column(
      ...[title, verdict, element("div", { className: "d2l-buttons" }, reveal)],
      element("div", {}, scale.canvas),
      ...[note(KEY), parts.measures.table],
    ),
    column(
      ...[heading("Your turn"), task],
      element("ul", { className: "d2l-task" }, ...parts.conditions),
      parts.solved,
    ),
    parts.seen.table,
    live.region,
  ];
}
