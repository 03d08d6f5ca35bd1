/** Teach it your own thing: state, session and view, connected. */

import { element } from "../lib/dom.js";
import { openLink } from "../lib/link.js";
import { oncePerFrame } from "../lib/schedule.js";
import { countDrawing, openView } from "../lib/view.js";
import { OwnSession } from "../own_engine/session.js";
import { isCalm, restWhenHidden } from "../playground/presence.js";
import { lastScores } from "../playground/runs.js";
import { makeSpeaker } from "../playground/sentences.js";
import { makeActions } from "./actions.js";
import { nameApart } from "./apart.js";
import { takeFiles } from "./dropping.js";
import { makeKeeping } from "./keeping.js";
import { makeScreens } from "./screens.js";
import { namesFor, readyPictures } from "./state.js";
import { followModel, makeSaver, readGiven, readState } from "./traits.js";

/** @typedef {import("./state.js").State} State */

/**
 * @param {{ model: import("./traits.js").Model, el: HTMLElement }} props
 * @param {WebAssembly.Module | null} module of compileKernels
 * @returns {() => void} what ends it
 */
export function openOwnThing({ model, el }, module) {
  const state = readState(model);
  const update = oncePerFrame(() => draw());
  const context = makeContext(model, state, update, module, (message) =>
    actions.receive(message),
  );
  const actions = makeActions(context);
  const screens = makeScreens(actions, update, state);
  context.speaker.region = screens.speech;
  function draw() {
    screens.show(state);
    report(el, state);
  }
  el.classList.add("d2l-explorer", "d2l-playground", "d2l-own");
  const close = openView({
    ...{ el, model, watch: [], redraw: update, colors: screens.colors },
    children: [...screens.children, context.video],
    stages: screens.stages,
  });
  const endings = [
    ...[close, context.link.close, actions.close, context.keep.close],
    followModel(model, state, actions),
    restWhenHidden(
      el,
      /** @type {any} */ (state),
      /** @type {any} */ (actions),
      context.send,
    ),
    takeFiles(el, state, actions),
    keepLooking(state, actions, screens),
  ];
  begin(model, state, context, actions);
  return () => endings.forEach((end) => end());
}

/**
 * @param {import("./traits.js").Model} model
 * @param {State} state
 * @param {() => void} update
 * @param {WebAssembly.Module | null} module
 * @param {(message: any) => void} receive
 */
function makeContext(model, state, update, module, receive) {
  const link = openLink(model.get("_esm"), module, receive, OwnSession);
  const speaker = makeSpeaker({
    now: () => performance.now(),
    wait: (run, ms) => void setTimeout(run, ms),
  });
  /** @param {string} sentence */
  const say = (sentence) => {
    state.said = sentence;
    if (sentence) speaker.say(sentence);
    else speaker.region?.replaceChildren(); // it is over
    update();
  };
  const isOurs = !model.get("pictures").length;
  return {
    ...{ state, update, link, speaker, say, speak: speaker.say, isCalm },
    send: (/** @type {any} */ message) =>
      link.send({ run: state.runs.now.number, ...message }),
    changed: makeSaver(model, state),
    keep: makeKeeping(state, say, isOurs),
    video: element("video", { className: "d2l-own-video", muted: true }),
  };
}

/**
 * Begin with the pictures that Python gives, or with those of the last visit.
 *
 * @param {import("./traits.js").Model} model
 * @param {State} state
 * @param {import("./actions.js").Context} context
 * @param {import("./actions.js").Actions} actions
 */
async function begin(model, state, context, actions) {
  const { keep, say, update, changed } = context;
  if (model.get("pictures").length) state.pictures = await readGiven(model);
  const found = await keep.restore();
  if (found) {
    const { pictures, kept, problem } = found;
    const mine = state.aside ?? state; // the example may be open already
    mine.pictures = [...pictures, ...mine.pictures];
    nameApart([], mine.pictures); // names that an earlier visit gave twice
    const names = pictures.length && kept ? kept.classes : mine.classes;
    mine.classes = namesFor(names, mine.pictures);
    if (pictures.length && kept?.weights?.length) {
      if (state.aside) state.aside.weights = kept.weights;
      else actions.comeBack(kept);
    }
    if (problem && mine.pictures.length) say(problem);
  }
  if (!state.selected && !state.aside) {
    actions.select(
      state.pictures.find(({ ready }) => !ready)?.id ??
        state.pictures[0]?.id ??
        "",
    );
  }
  if (state.pictures.length) changed();
  update();
}

/**
 * Draw what is watched, in every frame, and let the session look at it.
 *
 * @param {State} state
 * @param {import("./actions.js").Actions} actions
 * @param {import("./screens.js").Screens} screens
 */
function keepLooking(state, actions, screens) {
  let frame = 0;
  const look = () => {
    frame = requestAnimationFrame(look);
    if (!state.source) return;
    screens.drawSource(state);
    if (state.step === "watch") actions.sendFrame();
  };
  look();
  return () => cancelAnimationFrame(frame);
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
    step: state.step,
    open: state.open,
    run: now.number,
    phase: now.phase,
    count: now.count,
    seconds: now.seconds.toFixed(1),
    ap50: lastScores(now)?.ap50 || "",
    pictures: state.pictures.length,
    ready: readyPictures(state).length,
    kept: state.kept.length,
    shown: state.shown.scores.length,
    fps: state.fps,
    kernels: state.kernels,
    example: Boolean(state.aside),
  });
  countDrawing(el);
}
