/** What starts, stops and changes the teaching, and looks inside. */

import { formatShare } from "../lib/format.js";
import { KNOBS } from "../own_engine/settings.js";
import { lastScores } from "../playground/runs.js";
import { passesStation } from "../playground/sentences.js";
import { keepSomeBack } from "./kept_back.js";
import {
  readyPictures,
  RUN_SECONDS,
  runSettings,
  SAMPLES,
  whyNotTeach,
} from "./state.js";
import { makeWeightActions } from "./weight_actions.js";

/** @typedef {import("./actions.js").Context} Context */
/** @typedef {import("../own_engine/settings.js").Settings} Settings */

const STAYS =
  "A box stays with at most the score that it needs to appear: raise that first.";
const SAVE_EVERY = 5; // scores, which come every two seconds: a reload loses no more
const REST_MS = 600; // after the last change of a picture

/** @param {Context} context */
export function makeTeachActions(context) {
  const { state, send, update } = context;
  const running = makeRunning(context);
  const train = makeTrain(context, running);
  const askSamples = () => {
    if (state.kernels) send({ type: "samples", count: SAMPLES });
  };
  const restart = () => {
    running.begin();
    train();
  };
  const files = makeWeightActions(context, running.begin);
  return {
    ...{ ...running, ...files, train, askSamples, restart },
    ...makeSettingActions(context, restart),
    ...makeLooking(context),
    /** Teach, pause, or go on. */
    teach() {
      const { now } = state.runs;
      if (now.phase === "stopped") return restart();
      if (now.phase !== "training") return train();
      now.phase = "paused";
      send({ type: "pause" });
      send({ type: "save" });
      update();
    },
    /** Go on after a rest. */
    goOn: () => send({ type: "train", until: state.runs.now.until }),
    /** @param {any} message of the session */
    hear({ type, bytes }) {
      files.hear(type);
      if (type === "scores") hearScores(context, askSamples);
      else if (type === "started") askSamples();
      else if (type === "finished") {
        send({ type: "save" });
        context.speak(`Taught: ${apText(state)}`);
      } else if (type === "weights") files.take(bytes);
    },
  };
}

/**
 * Make what trains, or says why not.
 *
 * @param {Context} context
 * @param {ReturnType<typeof makeRunning>} running
 */
function makeTrain({ state, send, update, say }, { begin, sendPictures }) {
  return () => {
    const why = whyNotTeach(state);
    say(why);
    if (why) return;
    if (state.started !== state.runs.now.number) begin();
    const { now } = state.runs;
    // A file's detector may have been loaded before the pictures were there
    if (state.loaded && now.phase === "ready") sendPictures();
    if (now.phase === "finished") now.until = now.seconds + RUN_SECONDS;
    now.phase = "training";
    send({ type: "train", until: now.until });
    update();
  };
}

/**
 * @param {Context} context
 * @param {() => void} askSamples
 */
function hearScores(context, askSamples) {
  const { state, speak, send, changed, isCalm } = context;
  const { now } = state.runs;
  if (!now.count) return changed(); // a file's detector
  const isTime = now.scores.length % SAVE_EVERY === 0;
  if (isTime && now.phase === "training") send({ type: "save" });
  if (state.step === "teach" && !isCalm()) askSamples();
  if (passesStation(now)) {
    speak(apText(state));
  }
  changed();
}

/** @param {import("./state.js").State} state */
function apText({ runs: { now } }) {
  const ap = formatShare(lastScores(now)?.ap50 ?? NaN);
  return `AP50 ${ap} after ${Math.round(now.seconds)} seconds.`;
}

/** @param {Context} context */
function makeRunning(context) {
  const { state, send, update, changed } = context;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** Begin a run, which does not train yet. */
  const begin = () => {
    clearTimeout(timer);
    state.runs.begin(runSettings(state));
    state.started = state.runs.now.number;
    state.kept = keepSomeBack(context);
    state.learned.clear();
    forgetResults(state);
    const { settings, classes } = state;
    send({ type: "start", settings, classes, pictures: toLearn(state) });
    changed(); // other pictures are kept back
    update();
  };
  const sendPictures = () => {
    state.kept = keepSomeBack(context);
    const { count, seconds, marks } = state.runs.now;
    if (count) marks.push({ count: seconds, text: "pictures" }); // in the curves
    send({ type: "pictures", pictures: toLearn(state) });
    changed();
  };
  return {
    ...{ begin, sendPictures },
    /** Forget the detector: what it was taught is not there any more. */
    forget() {
      clearTimeout(timer);
      if (state.runs.now.phase === "training") send({ type: "pause" });
      state.runs.begin(runSettings(state));
      state.runs.compared = null;
      state.kept = keepSomeBack(context);
      forgetResults(state);
      Object.assign(state, { kernels: "", removed: null });
    },
    /** Go on with what the pictures are now, if there is anything to go on with. */
    retrain() {
      clearTimeout(timer);
      if (state.runs.now.count) timer = setTimeout(sendPictures, REST_MS);
    },
  };
}

/** @param {import("./state.js").State} state */
function forgetResults(state) {
  Object.assign(state, { inside: null, looked: null, samples: [] });
  Object.assign(state, { loaded: false, proposals: null, weights: null });
  if (state.open === "inside") state.open = ""; // there is nothing in it
}

/**
 * What the session gets, which learns from all that is not kept back.
 *
 * @param {import("./state.js").State} state
 */
function toLearn(state) {
  const ready = readyPictures(state);
  for (const { id, keptBack } of ready) if (!keptBack) state.learned.add(id);
  return ready.map(withoutFile);
}

/**
 * A picture as the session needs it.
 *
 * @param {import("./state.js").Picture} picture
 */
function withoutFile(picture) {
  return { ...picture, blob: undefined };
}

/**
 * @param {Context} context
 * @param {() => void} restart
 */
function makeSettingActions({ state, send, update, changed, say }, restart) {
  /**
   * Take settings: those of training begin a new run if there is one.
   *
   * @param {Settings} settings
   */
  const set = (settings) => {
    const other = KNOBS.filter(
      ({ key }) => settings[key] !== state.settings[key],
    );
    state.settings = state.draft = settings;
    update();
    if (!other.length) return;
    changed();
    if (other.every(({ live }) => live)) send({ type: "live", settings });
    else if (state.runs.now.count) restart();
  };
  return {
    set,
    /**
     * @param {import("../own_engine/settings.js").Knob} knob
     * @param {any} value
     * @param {boolean} final false while a slider moves
     */
    change({ key, live }, value, final) {
      const { settings } = state;
      const next = {
        ...settings,
        [key]: value,
        ...partner(settings, key, value),
      };
      if (next[key] !== value) say(STAYS);
      if (final || live) return set(next);
      state.draft = next;
      update();
    },
  };
}

/**
 * A box stays with no higher a score than it needs to appear: the lower threshold
 * goes along, and ends there.
 *
 * @param {Settings} settings
 * @param {string} key
 * @param {number} value
 */
function partner({ appear, stay }, key, value) {
  if (key === "appear" && stay > value) return { stay: value };
  return key === "stay" && appear < value ? { stay: appear } : {};
}

/** @param {Context} context */
function makeLooking({ state, send, update }) {
  return {
    /** @param {string} view */
    show(view) {
      state.view = view;
      update();
    },
    /**
     * @param {number} picture of those kept back
     * @param {number} anchor
     */
    look(picture, anchor) {
      const { pixels, labels } = state.kept[picture];
      state.looked = { picture, anchor };
      state.open = "inside";
      send({ type: "look", pixels, labels, anchor });
      update();
    },
  };
}
