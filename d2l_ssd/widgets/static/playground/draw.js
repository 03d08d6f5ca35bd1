/** A state, drawn. */

import { CLASS_COLORS, COLORS } from "../lib/colors.js";
import { setLabel, setText } from "../lib/dom.js";
import { outlineRect, rectOf } from "../lib/draw.js";
import { formatShare } from "../lib/format.js";
import { MAP_SIDES } from "../engine/trainer.js";
import { drawCurves } from "./curves.js";
import { numbersOf } from "./numbers.js";
import {
  beginPicture,
  chooseShown,
  describeScene,
  drawDetections,
  drawMatched,
  drawMistakes,
  drawTruths,
} from "./pictures.js";
import { lastScores } from "./runs.js";
import { compareSentence, troubleSentence } from "./sentences.js";
import { inputSentence } from "./targets.js";
import { highestScore, isGuessing, OWN } from "./state.js";
import { isOurPage } from "./traits.js";

/** @typedef {import("./layout.js").Parts} Parts */
/** @typedef {import("./runs.js").Run} Run */
/** @typedef {import("./state.js").State} State */
/** @typedef {ReturnType<typeof import("./state.js").makeDerived>} Derived */

/**
 * @param {Parts} parts
 * @param {State} state
 * @param {Derived} derived
 */
export function drawScenes(parts, state, derived) {
  derived
    .scenes()
    .forEach((scene, k) => drawScene(parts, state, derived, scene, k));
  parts.own.show();
  parts.zoom.show(state, derived);
  parts.classes.show(String(state.own[state.selectedShape]?.label));
}

/**
 * @param {Parts} parts
 * @param {State} state
 * @param {Derived} derived
 * @param {import("../engine/scenes.js").Scene} scene
 * @param {number} k its number
 */
function drawScene(parts, state, derived, scene, k) {
  const { stage, picture } = parts.scenes[k];
  const { view, settings, found } = state;
  if (!stage.width) return;
  if (view === "input") {
    picture.setInput(derived.inputs().use[k].values);
  } else picture.setPixels(scene.pixels);
  const context = beginPicture(stage, picture);
  const detections = found[k];
  const { labels } = scene;
  const shown = chooseShown(
    detections ?? { scores: [] },
    labels.classes.length,
    settings.show,
    isGuessing(state),
  );
  if (view !== "input") drawTruths(context, stage, labels);
  if (view === "targets") {
    const { anchors, matched } = derived.matches();
    drawMatched(context, stage, anchors, matched[k]);
  } else if (view === "mistakes" && detections) {
    drawMistakes(context, stage, detections, labels, shown.all);
  } else if (view === "detections" && detections) {
    drawDetections(context, stage, detections, shown);
  }
  if (state.anchorsOver && k < OWN)
    drawShapesOfMaps(context, stage, state, derived);
  if (state.inside && state.selected?.scene === k)
    drawInside(context, stage, state.inside);
  const calm = state.runs.now.phase !== "training";
  if (calm || !stage.canvas.hasAttribute("aria-label")) {
    setLabel(
      stage.canvas,
      describeScene(k + 1, labels, detections, shown.sure),
    );
  }
}

/**
 * The anchors of the cell in the middle of each map, while their knobs move.
 *
 * @param {import("../lib/draw.js").Context} context
 * @param {import("../lib/canvas.js").Stage} stage
 * @param {State} state
 * @param {Derived} derived
 */
function drawShapesOfMaps(context, stage, { draft }, derived) {
  const { anchors } = derived.matches();
  const perCell = draft.sizes + draft.ratios.length - 1;
  let start = 0;
  MAP_SIDES.forEach((side, map) => {
    if (!draft.maps.includes(side)) return;
    const middle = Math.floor(side / 2) * (side + 1);
    for (let shape = 0; shape < perCell; shape++) {
      const rect = rectOf(anchors, start + middle * perCell + shape, stage);
      outlineRect(context, rect, MAP_COLORS[map], { width: 1.5, edgeWidth: 3 });
    }
    start += side * side * perCell;
  });
}

const MAP_COLORS = [COLORS.missed, COLORS.neutral, COLORS.miss];

/**
 * @param {import("../lib/draw.js").Context} context
 * @param {import("../lib/canvas.js").Stage} stage
 * @param {import("../engine/inside.js").Inside} inside
 */
function drawInside(context, stage, { anchorBox, box, label }) {
  const dashed = { width: 2, dash: [6, 4] };
  outlineRect(context, rectOf(anchorBox, 0, stage), COLORS.missed, dashed);
  outlineRect(context, rectOf(box, 0, stage), CLASS_COLORS[label], {
    width: 3.5,
  });
}

/**
 * @param {Run | null} run
 * @param {"classLoss" | "boxLoss"} key
 * @returns {import("./curves.js").Points}
 */
function losses(run, key) {
  return run?.losses.map((one) => [one.count, one[key]]) ?? [];
}

/**
 * @param {Run | null} run
 * @returns {import("./curves.js").Points}
 */
function aps(run) {
  if (!run?.scores.length) return [];
  return [[0, 0], ...run.scores.map(scoreAt)];
}

/**
 * @param {import("./runs.js").ScorePoint} score
 * @returns {[number, number]}
 */
function scoreAt({ count, ap50 }) {
  return [count, ap50];
}

/**
 * @param {Parts} parts
 * @param {State} state
 * @param {Derived} derived
 */
export function drawCharts(parts, { runs }, derived) {
  const { charts, colors, level, gray } = parts;
  const { now, compared } = runs;
  const { marks, until } = now;
  const common = { length: until, marks };
  const nothing = derived.level();
  draw(charts.ap, {
    ...{ ...common, points: aps(now), gray: aps(compared), top: 1 },
    color: COLORS.positive,
  });
  draw(charts.classLoss, {
    ...{ ...common, points: losses(now, "classLoss") },
    ...{ gray: losses(compared, "classLoss"), level: nothing },
    color: CLASS_COLORS[0],
  });
  draw(charts.boxLoss, {
    ...{ ...common, points: losses(now, "boxLoss") },
    ...{ gray: losses(compared, "boxLoss"), color: CLASS_COLORS[2] },
  });
  /**
   * @param {import("../lib/canvas.js").Stage} stage
   * @param {import("./curves.js").Curves} curves
   */
  function draw(stage, curves) {
    if (stage.width) drawCurves(stage, curves, colors);
  }
  setText(level, `knows nothing: ${nothing.toFixed(2)}`);
  const score = lastScores(compared);
  setText(
    gray,
    compared && score
      ? `Previous run (gray): ${compared.name}, ${formatShare(score.ap50)}`
      : "",
  );
}

/**
 * @param {Parts} parts
 * @param {State} state
 * @param {Derived} derived
 */
export function showTexts(parts, state, derived) {
  const { runs, settings } = state;
  const { now } = runs;
  parts.run.show(now);
  parts.chips.show(settings, state.secret);
  parts.views.show(state.view);
  const texts = numbersOf(now, derived.counts());
  for (const [key, text] of Object.entries(texts)) parts.numbers[key].set(text);
  parts.bar.show(now, texts.ap50);
  parts.sheet.show(state.draft);
  parts.bugs.show(state.secret ? "" : settings.bug);
  parts.inside.show(state.inside);
  parts.runs.show(runs);
  const trouble = troubleSentence(now, highestScore(state), derived.level());
  const done =
    now.phase === "finished" ? compareSentence(now, runs.compared) : "";
  const sentence =
    trouble ||
    state.said ||
    capital(done) ||
    viewSentence(state, derived, texts);
  const chapter = trouble || !isOurPage() ? "" : state.chapter;
  parts.say.show(sentence, chapter);
  parts.about.show(
    state.said || "Press a number: it explains itself.",
    chapter,
  );
}

/** @param {string} text */
function capital(text) {
  return text && `AP50 is ${text}`;
}

/**
 * What the view shows, in a sentence.
 *
 * @param {State} state
 * @param {Derived} derived
 * @param {Record<string, string>} texts
 */
function viewSentence(state, derived, texts) {
  if (state.view === "targets") {
    return `${texts.positives} positive anchors per object; ${texts.without} of the objects without one (100 scenes).`;
  }
  if (state.view === "input") return inputSentence(derived.inputs());
  if (state.view === "mistakes")
    return "✓ right, ✗ wrong, yellow: missed. Arrows: from the object to the box.";
  const { phase } = state.runs.now;
  if (phase === "ready")
    return "60,000 weights, drawn at random. Scenes are drawn as it goes.";
  return isGuessing(state) ? "Faint boxes are its best guesses." : "";
}
