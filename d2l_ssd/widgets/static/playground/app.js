/** A playground: its state, its session and its view, connected. */

import { Session } from "../engine/session.js";
import { openLink } from "../lib/link.js";
import { placeAt } from "../lib/pointer.js";
import { oncePerFrame } from "../lib/schedule.js";
import { countDrawing, openView } from "../lib/view.js";
import { makeActions } from "./actions.js";
import { drawCharts, drawScenes, showTexts } from "./draw.js";
import { makeExtras } from "./extras.js";
import { layOut, makeParts } from "./layout.js";
import { beginWhenSeen, isCalm, restWhenHidden } from "./presence.js";
import { makeSpeaker } from "./sentences.js";
import { makeDerived, OWN } from "./state.js";
import { showTables } from "./tables.js";
import {
  leaveAddress,
  makeSaver,
  readState,
  takeSettings,
  takeWeights,
} from "./traits.js";
import { isPhone } from "./zoom.js";

/** @typedef {import("./actions.js").Actions} Actions */
/** @typedef {import("./state.js").State} State */
/** @typedef {import("./traits.js").Model} Model */

const TWO_COLUMNS = 720; // pixels that two columns take at least
const UNSEEN = { phone: 50, else: 100 }; // scenes that AP is measured on

/**
 * Open a playground.
 *
 * @param {{ model: Model, el: HTMLElement }} props
 * @param {WebAssembly.Module | null} module of compileKernels
 * @returns {() => void} what ends it
 */
export function openPlayground({ model, el }, module) {
  const { state, page } = readState(model);
  const update = oncePerFrame(() => draw());
  const source = model.get("_esm");
  const link = openLink(source, module, receive, Session);
  const context = makeContext(model, state, link, update);
  const { derived, send, speaker, unseen } = context;
  const actions = makeActions(context);
  const parts = makeParts(actions, update);
  speaker.region = parts.speech;
  const tools = { ...context, actions, colors: parts.colors, el };
  const extras = makeExtras(tools, source, module, parts.bugs.node);
  const { sections, children } = layOut(parts, actions, extras);

  /** @param {any} message */
  function receive(message) {
    actions.receive(message);
    extras.hear(message);
  }

  function draw() {
    sections.show(state.open);
    extras.show();
    drawAll(el, parts, state, derived);
  }

  send({ type: "start", settings: state.settings, unseen, own: state.own });
  if (!model.get("compact")) pointAtScenes(parts, state, actions);
  nameClasses(el, model.get("compact"));
  const close = openView({
    ...{ el, model, watch: [], children, redraw: update, colors: parts.colors },
    stages: [...stagesOf(parts), extras.compare.stage],
  });
  const endings = [
    ...[close, link.close, extras.close, keepColumns(el)],
    takeSettings(model, state, actions.set),
    takeWeights(model, state, send),
    restWhenHidden(el, state, actions, send),
    () => leaveAddress(state),
  ];
  if (!model.get("compact")) extras.begin(page);
  if (page.go) endings.push(beginWhenSeen(parts.frames, actions.go));
  return () => endings.forEach((end) => end());
}

/**
 * @param {HTMLElement} el
 * @param {boolean} compact
 */
function nameClasses({ classList }, compact) {
  classList.add("d2l-explorer", "d2l-playground");
  classList.toggle("d2l-pg-compact", compact);
}

/**
 * @param {HTMLElement} el
 * @param {import("./layout.js").Parts} parts
 * @param {State} state
 * @param {import("./state.js").Derived} derived
 */
function drawAll(el, parts, state, derived) {
  el.dataset.open = state.open;
  el.classList.toggle("d2l-pg-untouched", !state.ownIsNew);
  showTexts(parts, state, derived);
  drawScenes(parts, state, derived);
  drawCharts(parts, state, derived);
  if (state.runs.now.phase !== "training") showTables(parts, state, derived);
  report(el, state);
}

/** @param {import("./layout.js").Parts} parts */
function stagesOf({ scenes, charts }) {
  return [...scenes.map(({ stage }) => stage), ...Object.values(charts)];
}

/**
 * What all actions use.
 *
 * @param {Model} model
 * @param {State} state
 * @param {import("../lib/link.js").Link} link
 * @param {() => void} update
 */
function makeContext(model, state, link, update) {
  const speaker = makeSpeaker({
    now: () => performance.now(),
    wait: (run, ms) => void setTimeout(run, ms),
  });
  return {
    ...{ state, update, speaker, derived: makeDerived(state) },
    send: (/** @type {any} */ message) =>
      link.send({ run: state.runs.now.number, ...message }),
    speak: speaker.say,
    isCalm,
    changed: makeSaver(model, state),
    unseen: isPhone() ? UNSEEN.phone : UNSEEN.else,
  };
}

/**
 * Keep one column or two, as there is room: a frame may be narrow on a wide screen.
 *
 * @param {HTMLElement} el
 */
function keepColumns(el) {
  const keep = (/** @type {number} */ width) =>
    el.classList.toggle("d2l-pg-narrow", width < TWO_COLUMNS);
  keep(innerWidth); // until it is in the page
  const observer = new ResizeObserver(([{ contentRect }]) =>
    keep(contentRect.width),
  );
  observer.observe(el);
  return () => observer.disconnect();
}

/**
 * Put the state into data attributes, for tests.
 *
 * @param {HTMLElement} el
 * @param {State} state
 */
function report(el, state) {
  const { now } = state.runs;
  Object.assign(el.dataset, {
    run: now.number,
    phase: now.phase,
    count: now.count,
    ap50: now.scores[now.scores.length - 1]?.ap50 ?? "",
    kernels: state.kernels,
  });
  countDrawing(el);
}

/**
 * Let a click on a scene ask about a box. On the reader's own scene the shapes are on
 * top; a click that has dragged none asks, too. On a phone the first tap enlarges.
 *
 * @param {import("./layout.js").Parts} parts
 * @param {State} state
 * @param {Actions} actions
 */
function pointAtScenes({ scenes }, state, actions) {
  scenes.forEach(({ stage: { canvas } }, k) => {
    const frame = canvas.parentElement;
    frame?.addEventListener("click", (event) => {
      if (k === OWN && event.detail === 0) return; // by a key
      const ground = event.target === canvas || k !== OWN;
      if (isPhone() && state.zoomed !== k && ground) return actions.zoom(k);
      actions.point(k, placeAt(event, canvas));
    });
  });
}
