/** Step 2: the network learns, and shows what it sees and what it finds. */

import { column, element, heading, note, setText } from "../lib/dom.js";
import { formatShare } from "../lib/format.js";
import { INPUT_SIDE } from "../own_engine/pyramid.js";
import { KNOBS } from "../own_engine/settings.js";
import { makeButton, makeSegments } from "../playground/controls.js";
import { makeInsidePanel } from "../playground/inside_panel.js";
import { makeSheet } from "../playground/knobs.js";
import { makePicture } from "../playground/pictures.js";
import { lastScores } from "../playground/runs.js";
import { makeSections } from "../playground/sections.js";
import { makeCharts } from "./charts.js";
import { makeKeptView } from "./kept_view.js";
import { makePart } from "./rows.js";
import { hasThing, isTrained, SAMPLES, warning, whyNotTeach } from "./state.js";
import { makeBoxes } from "./thumbs.js";

/** @typedef {import("./actions.js").Actions} Actions */
/** @typedef {import("./state.js").State} State */

/** @type {[id: string, text: string, help: string][]} */
const VIEWS = [
  ["found", "Found", "What the network finds."],
  ["targets", "Targets", "The anchors that must answer for each thing."],
];
/** @type {Record<string, string>} by view */
const LEGENDS = {
  found:
    "Dashed: your boxes. In color: what the network finds, and how sure it is; faint ones are guesses. Click a box to look inside.",
  targets:
    "Dashed: your boxes. In color: the anchors that must answer for each. Click one to look inside.",
};
const LOOKED =
  " Thick: the box that you clicked. Dashed, in yellow: the anchor that it started from.";
const SIGNS = "⟳ teaches anew, from the start; ● changes at once.";
const EMPTY =
  "Click a box in a picture kept back: here is what the network computed there.";

/**
 * @param {Actions} actions
 * @param {() => void} redraw
 * @param {() => string[]} classesNow
 */
export function makeTeachView(actions, redraw, classesNow) {
  const kept = makeKeptView(actions, redraw);
  const views = makeSegments(VIEWS, "What the pictures show", actions.show);
  const samples = makeSamples();
  const run = makeRun(actions);
  const charts = makeCharts(redraw);
  const panels = makePanels(actions, classesNow);
  const legend = note();
  const title = makePart("row", heading("Pictures kept back"), views.node);
  const left = makePart("left", title, kept.node, legend, samples.node);
  const right = makePart("right", ...panels.nodes, charts.node);
  return {
    node: makePart("body", left, run.node, right),
    stages: [...kept.stages, ...charts.stages],
    /**
     * @param {State} state
     * @param {import("../lib/theme.js").Colors} colors
     */
    show(state, colors) {
      left.hidden = right.hidden = !state.pictures.length;
      kept.show(state);
      views.show(state.view);
      setText(legend, LEGENDS[state.view] + (state.inside ? LOOKED : ""));
      samples.show(state);
      run.show(state);
      charts.show(state, colors);
      panels.show(state);
    },
  };
}

/**
 * What opens over the curves.
 *
 * @param {Actions} actions
 * @param {() => string[]} classesNow
 */
function makePanels({ change, open }, classesNow) {
  const sheet = makeSheet({ change }, KNOBS.filter(isOfTeaching));
  const inside = makeInsidePanel(classesNow, EMPTY);
  const sections = makeSections(
    [
      {
        id: "settings",
        title: "Settings",
        beside: true,
        node: column(note(SIGNS), sheet.node),
      },
      { id: "inside", title: "Look inside", beside: true, node: inside.node },
    ],
    open,
  );
  /** @param {State} state */
  const show = (state) => {
    sheet.show(state.draft);
    inside.show(state.inside);
    sections.show(state.open);
  };
  return { nodes: [sections.node, ...sections.beside], show };
}

/** @param {import("../own_engine/settings.js").Knob} knob */
function isOfTeaching({ key }) {
  return key !== "appear" && key !== "stay";
}

/** What the network sees: training pictures, as augmented. */
function makeSamples() {
  const cells = Array.from({ length: SAMPLES }, () => {
    const [picture, boxes] = [makePicture(INPUT_SIDE), makeBoxes()];
    const node = element("span", {}, picture.canvas, boxes.node);
    return { node, picture, boxes };
  });
  const node = makePart(
    "seen",
    heading("What the network sees: your pictures, changed each time"),
    element(
      "div",
      {
        role: "img",
        "aria-label": "Training pictures, as the network sees them",
      },
      ...cells.map((cell) => cell.node),
    ),
  );
  /** @param {State} state */
  const show = ({ samples }) => {
    node.hidden = !samples.length;
    cells.forEach(({ picture, boxes }, k) => {
      if (!samples[k]) return;
      picture.setPixels(samples[k].pixels);
      boxes.show(samples[k].labels);
    });
  };
  return { node, show };
}

/** @type {Record<string, string>} */
const WORDS = {
  ready: "Teach for a minute",
  training: "Pause",
  paused: "Go on",
  finished: "Another minute",
  stopped: "Start over",
};

/** @param {Actions} actions */
function makeRun({ teach, restart, go }) {
  const main = makeButton("", teach, "d2l-pg-train");
  const again = makeButton("Start over", restart);
  const watch = makeButton("Watch it", () => go("watch"), "d2l-own-next");
  const bar = element("i");
  const ap = element("strong");
  const [what, said] = [note(), note("", "d2l-own-warn")];
  const node = makePart(
    "run",
    makePart("buttons", main, again, watch),
    element("div", { className: "d2l-pg-progress" }, bar),
    makePart("big", ap, what),
    said,
  );
  /** @param {State} state */
  const show = (state) => {
    const { now } = state.runs;
    setText(main, WORDS[now.phase]);
    main.dataset.phase = now.phase;
    const why = whyNotTeach(state);
    main.disabled = Boolean(why);
    again.hidden = !now.count;
    watch.hidden = !isTrained(state);
    bar.style.width = `${Math.min(100, (100 * now.seconds) / now.until)}%`;
    const speed = now.losses[now.losses.length - 1]?.speed;
    setText(ap, formatShare(lastScores(now)?.ap50 ?? NaN));
    setText(what, explainAp(state));
    const rate = speed ? `${Math.round(speed)} pictures a second. ` : "";
    setText(said, why || rate + warning(state));
  };
  return { node, show };
}

/** @param {State} state */
export function explainAp({ kept, runs: { now } }) {
  const { length } = kept;
  if (!length) {
    return "With five pictures or more, every fifth is kept back: the network does not learn from it, and AP50 is measured on it.";
  }
  const after = now.count ? ` after ${Math.round(now.seconds)} s` : "";
  const pictures = length === 1 ? "picture" : "pictures";
  const shown = `${kept.filter(hasThing).length} of them with the thing`;
  const few = `With so few, a single box changes the score a lot.`;
  return `AP50${after} on ${length} ${pictures} kept back, ${shown}. ${few}`;
}
