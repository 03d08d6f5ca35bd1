/** What a playground consists of, and where it stands. */

import { byRatio, makeCanvas } from "../lib/canvas.js";
import { CLASSES } from "../engine/scenes.js";
import { column, element, heading, note } from "../lib/dom.js";
import { makeTable } from "../lib/table.js";
import { makeColors } from "../lib/theme.js";
import { makeBugMenu } from "./bug_menu.js";
import {
  makeButton,
  makeChips,
  makePhoneBar,
  makeRunPanel,
  makeSegments,
  VIEWS,
} from "./controls.js";
import { makeFiles } from "./files.js";
import { makeInsidePanel } from "./inside_panel.js";
import { makeSheet } from "./knobs.js";
import {
  makeCurveTable,
  makeNumber,
  makeRunList,
  makeSay,
  NUMBERS,
} from "./numbers.js";
import { makeOwnScene } from "./own.js";
import { LETTERS, makePicture } from "./pictures.js";
import { layScenes } from "./scene_frames.js";
import { makeSections } from "./sections.js";
import { OWN } from "./state.js";
import { makeZoom } from "./zoom.js";

/** @typedef {import("./actions.js").Actions} Actions */
/** @typedef {ReturnType<typeof makeParts>} Parts */

const FEW = ["ap75", "ap", "small", "medium", "large", "boxes"];
const OTHERS = ["positives", "without", "anchors", "classLoss", "boxLoss"];

/**
 * @param {Actions} actions
 * @param {() => void} redraw
 */
export function makeParts(actions, redraw) {
  return {
    ...makeScreen(actions, redraw),
    ...makePanels(actions),
    speech: element("div", {
      ...{ className: "d2l-visually-hidden", "aria-live": "polite" },
    }),
    colors: makeColors(),
  };
}

/**
 * The first screen: controls, scenes, curves, numbers.
 *
 * @param {Actions} actions
 * @param {() => void} redraw
 */
function makeScreen(actions, redraw) {
  const chart = () => makeChart(redraw);
  const frames = element("div", { className: "d2l-pg-scenes" });
  const numbers = Object.fromEntries(
    Object.keys(NUMBERS).map((key) => [key, makeNumber(key, actions.explain)]),
  );
  return {
    run: makeRunPanel(actions),
    bar: makePhoneBar(actions.train),
    chips: makeChips(actions.set),
    views: makeSegments(VIEWS, "What the scenes show", actions.view),
    scenes: [0, 1, 2, OWN].map(() => ({
      stage: makeCanvas({ height: byRatio(1), redraw }),
      picture: makePicture(),
    })),
    frames,
    zoom: makeZoom(frames, () => actions.zoom(null)),
    own: makeOwnScene(actions.own),
    classes: makeSegments(
      CLASSES.map((name, k) => [String(k), LETTERS[k], `Make it a ${name}`]),
      "Class of your shape",
      (label) => actions.turn(Number(label)),
    ),
    charts: { ap: chart(), classLoss: chart(), boxLoss: chart() },
    gray: note("", "d2l-pg-gray"),
    level: element("span", { className: "d2l-pg-level" }),
    numbers,
    say: makeSay(),
    about: makeSay(),
  };
}

/**
 * A chart as high as the styles say.
 *
 * @param {() => void} redraw
 */
function makeChart(redraw) {
  const height = () => stage.canvas.clientHeight;
  const stage = makeCanvas({ height, redraw });
  return stage;
}

/** @param {Actions} actions */
function makePanels(actions) {
  return {
    sheet: makeSheet({ change: actions.change }),
    bugs: makeBugMenu((bug) => actions.set({ bug })),
    inside: makeInsidePanel(),
    runs: makeRunList(actions.compare),
    files: makeFiles(actions),
    curveTable: makeCurveTable(),
    foundTable: makeTable("Detections per scene", [
      "Scene",
      "Class",
      "Score",
      "Judgment",
    ]),
  };
}

/**
 * @param {Parts} parts
 * @param {Actions} actions
 * @param {import("./extras.js").Extras} extras
 */
export function layOut(parts, actions, { missions, game, compare, tour }) {
  const { inside } = parts;
  const sections = makeSections(
    [
      {
        ...{ id: "numbers", title: "Numbers", beside: true },
        node: layNumbers(parts),
      },
      { id: "missions", title: "Missions", node: missions.node },
      { id: "bug", title: "Find the bug", node: game.node },
      {
        ...{ id: "settings", title: "Settings", beside: true },
        node: laySettings(parts, actions),
      },
      {
        id: "compare",
        title: "Compare",
        node: column(compare.node, parts.runs.node),
      },
      {
        ...{ id: "inside", title: "Look inside", beside: true },
        node: inside.node,
      },
    ],
    actions.open,
  );
  const children = [
    layHead(tour.start),
    parts.run.node,
    layScenes(parts),
    layCurves(parts, actions, sections.beside),
    ...[sections.node, parts.bar.node, tour.node],
    ...[layHidden(parts), parts.speech],
  ];
  return { sections, children };
}

/** @param {Parts} parts */
function layHidden({ curveTable, foundTable }) {
  const hidden = { className: "d2l-visually-hidden" };
  return element("div", hidden, curveTable.node, foundTable.table);
}

/** @param {() => void} start the tour */
function layHead(start) {
  return element(
    "p",
    { className: "d2l-pg-head" },
    "This object detector learns in your browser. ",
    element("strong", {}, "Press Train."),
    " ",
    makeButton("Tour, 90 s", start, "d2l-pg-link"),
  );
}

/**
 * @param {Parts} parts
 * @param {Actions} actions
 * @param {HTMLElement[]} sheets that lie over the curves
 */
function layCurves({ numbers, charts, gray, level, say }, actions, sheets) {
  const openNumbers = () => actions.open("numbers");
  const more = makeButton("More numbers", openNumbers, "d2l-pg-link");
  return element(
    "div",
    { className: "d2l-pg-curves" },
    element("div", { className: "d2l-pg-big" }, numbers.ap50.node, gray),
    element("div", {}, charts.ap.canvas),
    element(
      "p",
      { className: "d2l-heading d2l-pg-title" },
      "Confidence loss",
      level,
    ),
    element("div", {}, charts.classLoss.canvas),
    element("div", { className: "d2l-pg-foot" }, say.node, more),
    ...sheets,
  );
}

/** @param {Parts} parts */
function layNumbers({ numbers, charts, files, about }) {
  const row = (/** @type {string[]} */ keys) =>
    element(
      "div",
      { className: "d2l-pg-numbers" },
      ...keys.map((key) => numbers[key].node),
    );
  return element(
    "div",
    { className: "d2l-pg-more" },
    element(
      "div",
      { className: "d2l-side" },
      about.node,
      row(FEW),
      row(OTHERS),
    ),
    element(
      "div",
      { className: "d2l-side" },
      heading("Localization loss"),
      element("div", {}, charts.boxLoss.canvas),
      files,
    ),
  );
}

/**
 * @param {Parts} parts
 * @param {Actions} actions
 */
function laySettings({ sheet }, actions) {
  const input = element("input", {
    type: "checkbox",
    onchange: () => actions.apply(input.checked),
  });
  return element(
    "div",
    { className: "d2l-side" },
    element(
      "div",
      { className: "d2l-pg-how" },
      element(
        "span",
        { className: "d2l-note" },
        "⟳ starts a new run from the same seed; the old one turns gray. ● changes at once.",
      ),
      element(
        "label",
        { className: "d2l-pg-check" },
        input,
        "Apply ⟳ to this run instead",
      ),
    ),
    sheet.node,
  );
}
