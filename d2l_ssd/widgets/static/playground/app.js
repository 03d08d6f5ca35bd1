/** A playground: its state, its session and its view, connected. */

import { placeAt } from "../lib/pointer.js";
import { oncePerFrame } from "../lib/schedule.js";
import { countDrawing, openView } from "../lib/view.js";
import { makeActions } from "./actions.js";
import { drawCharts, drawScenes, showTables, showTexts } from "./draw.js";
import { layOut, makeParts } from "./layout.js";
import { makeExtras } from "./extras.js";
import { openLink } from "./link.js";
import { makeSpeaker } from "./sentences.js";
import { makeDerived, OWN } from "./state.js";
import { makeSaver, readState, takeWeights } from "./traits.js";

/** @typedef {import("./actions.js").Actions} Actions */
/** @typedef {import("./state.js").State} State */
/** @typedef {import("./traits.js").Model} Model */

const PHONE_WIDTH = 600; // pixels; there AP is measured on fewer scenes
const TWO_COLUMNS = 740; // pixels that two columns take at least
const UNSEEN = { phone: 50, else: 100 };

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
  const link = openLink(source, module, (message) => {
    actions.receive(message);
    extras.hear(message);
  });
  const context = makeContext(model, state, link, update);
  const { derived, send, speaker, unseen } = context;
  const actions = makeActions(context);
  const parts = makeParts(actions, update);
  speaker.region = parts.speech;
  const tools = { ...context, actions, colors: parts.colors, el };
  const extras = makeExtras(tools, source, module, parts.bugs.node);
  const { sections, children } = layOut(parts, actions, extras);

  function draw() {
    sections.show(state.open);
    extras.show();
    drawAll(el, parts, state, derived);
  }

  send({ type: "start", settings: state.settings, unseen, own: state.own });
  if (!model.get("compact")) pointAtScenes(parts, actions);
  el.classList.add("d2l-explorer", "d2l-playground");
  el.classList.toggle("d2l-pg-compact", model.get("compact"));
  const close = openView({
    ...{ el, model, children, colors: parts.colors, redraw: update },
    watch: [],
    stages: [...stagesOf(parts), extras.compare.stage],
  });
  const endings = [
    ...[close, link.close, extras.close, keepColumns(el)],
    takeWeights(model, state, send),
    restWhenHidden(el, state, actions, send),
  ];
  if (!model.get("compact")) extras.begin(page);
  if (page.go && mayStart()) actions.go();
  return () => endings.forEach((end) => end());
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
 * @param {import("./link.js").Link} link
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
    unseen: innerWidth < PHONE_WIDTH ? UNSEEN.phone : UNSEEN.else,
  };
}

/**
 * Keep one column or two, as there is room: a frame may be narrow on a wide screen.
 *
 * @param {HTMLElement} el
 */
function keepColumns(el) {
  const observer = new ResizeObserver(([{ contentRect }]) => {
    el.classList.toggle("d2l-pg-narrow", contentRect.width < TWO_COLUMNS);
  });
  observer.observe(el);
  return () => observer.disconnect();
}

/** Whether the reader wants little motion. */
function isCalm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Whether a page may begin to train by itself. */
function mayStart() {
  return !isCalm() && !document.hidden;
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
 * top; a click that has dragged none asks, too.
 *
 * @param {import("./layout.js").Parts} parts
 * @param {Actions} actions
 */
function pointAtScenes({ scenes }, actions) {
  scenes.forEach(({ stage: { canvas } }, k) => {
    const frame = canvas.parentElement;
    frame?.addEventListener("click", (event) => {
      if (k === OWN && event.detail === 0) return; // by a key
      actions.point(k, placeAt(event, canvas));
    });
  });
}

/**
 * Rest while nobody can see it: in a hidden tab, or scrolled away.
 *
 * @param {HTMLElement} el
 * @param {State} state
 * @param {Actions} actions
 * @param {(message: any) => void} send
 */
function restWhenHidden(el, state, actions, send) {
  let [seen, resting] = [true, false];
  const check = () => {
    const away = document.hidden || !seen;
    const training = state.runs.now.phase === "training";
    if (away && training && !resting) send({ type: "pause" });
    else if (!away && resting && training) actions.goOn();
    resting = away && training;
    el.classList.toggle("d2l-pg-seen", seen);
  };
  const observer = new IntersectionObserver((entries) => {
    seen = entries[entries.length - 1].isIntersecting;
    check();
  });
  observer.observe(el);
  document.addEventListener("visibilitychange", check);
  return () => {
    observer.disconnect();
    document.removeEventListener("visibilitychange", check);
  };
}
