/** LiveDetector on a page: its parts, its network, and what connects them. */

import { setTraits } from "../lib/model.js";
import { oncePerFrame } from "../lib/schedule.js";
import { countDrawing, openView } from "../lib/view.js";
import { drawChart } from "./chart.js";
import {
  changeObject,
  nameObjects,
  readState,
  reorder,
  WATCHED,
} from "./data.js";
import { followHand } from "./hand.js";
import { listenToKeys } from "./keys.js";
import { makeNetwork } from "./network.js";
import { onDrop, readPicture } from "./own.js";
import { layOut, makeParts } from "./parts.js";
import { drawPicture } from "./picture.js";
import { showControls, showTexts } from "./show.js";
import { showBoxes, showInside } from "./tables.js";
import { makeView } from "./watching.js";

/** @typedef {import("./data.js").Model} Model */
/** @typedef {import("./data.js").Placed} Placed */
/** @typedef {import("./parts.js").Actions} Actions */
/** @typedef {ReturnType<typeof makeView>} View */

/** @param {{ model: Model, el: HTMLElement }} props */
export function openDetector({ model, el }) {
  const redraw = oncePerFrame(() => draw());
  const source = model.get("_esm"); // what this module is made of
  const link = makeNetwork(source, redraw);
  const view = makeView(model, redraw);
  const actions = makeActions(model, view, link, redraw);
  const parts = makeParts(redraw, actions, {
    ...{ names: nameObjects(model), steps: model.get("path").length },
    megabytes: model.get("megabytes"),
  });

  function draw() {
    const shown = view.look(link);
    drawAll(parts, view, shown);
    showTexts(parts, shown);
    showControls(parts, shown);
    showBoxes(parts, shown.finding, shown.row);
    showInside(parts, shown.finding, shown.row, shown.state.nmsIou);
    tell(el, shown);
    countDrawing(el);
  }

  listen(parts, model, view, actions);
  const close = openView({
    ...{ el, model, watch: WATCHED, children: layOut(parts) },
    stages: [parts.picture, parts.chart],
    colors: parts.colors,
    redraw,
  });
  return () => {
    link.close();
    close();
  };
}

/**
 * @param {import("./parts.js").Parts} parts
 * @param {View} view
 * @param {ReturnType<View["look"]>} shown
 */
function drawAll({ picture, chart, colors }, view, shown) {
  const { state, finding, row, isOwn } = shown;
  drawPicture(picture, view.scene.canvas, {
    ...{ state: isOwn ? null : state, sprites: view.sprites },
    ...{ finding, row },
  });
  drawChart(chart, {
    ...{ curve: state.shown ? shown.curve : [], now: shown.now },
    ...{ live: view.measured(), guess: state.guess, colors },
  });
}

/**
 * @param {Model} model
 * @param {View} view
 * @param {ReturnType<typeof makeNetwork>} link
 * @param {() => void} redraw
 * @returns {Actions}
 */
function makeActions(model, view, link, redraw) {
  const selected = () => model.get("selected");
  const change = (/** @type {Partial<Placed>} */ changes) =>
    changeObject(model, selected(), changes);
  return {
    load: link.open,
    show: () => setTraits(model, { shown: true }),
    go: (step) => setTraits(model, { step }),
    guess: (guess) => setTraits(model, { guess }),
    select: (k) => setTraits(model, { selected: k }),
    set: (name, value) => change({ [name]: value }),
    hide: () => change({ hidden: !model.get("objects")[selected()].hidden }),
    order: (way) => reorder(model, selected(), way),
    choose(way) {
      view.choose(way);
      redraw();
    },
    async read(file) {
      view.take(await readPicture(file));
      redraw();
    },
    leave() {
      view.leave();
      redraw();
    },
  };
}

/**
 * Let pointers, keys and dropped pictures work on the scene.
 *
 * @param {import("./parts.js").Parts} parts
 * @param {Model} model
 * @param {View} view
 * @param {Actions} actions
 */
function listen({ frame, picture }, model, view, actions) {
  const now = () => (view.isOwn() ? null : readState(model));
  followHand(frame, picture.canvas, {
    ...{ now, sprites: view.sprites, maskOf: view.maskOf },
    select: actions.select,
    change: (k, changes) => changeObject(model, k, changes),
  });
  listenToKeys(frame, {
    now: () => (now() ? model.get("objects")[model.get("selected")] : null),
    change: (changes) => changeObject(model, model.get("selected"), changes),
    order: actions.order,
  });
  onDrop(frame, actions.read);
}

/**
 * Write what is shown into the element's data, for tests.
 *
 * @param {HTMLElement} el
 * @param {ReturnType<View["look"]>} shown
 */
function tell(el, { state, finding, network, now }) {
  Object.assign(el.dataset, {
    phase: network.phase,
    source: finding.source,
    results: network.result ? network.result.number + 1 : 0,
    step: state.step,
    share: now ? now.share : "",
    score: now ? now.score : "",
    objects: JSON.stringify(state.objects),
  });
}
