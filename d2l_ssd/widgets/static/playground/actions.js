/** What a reader can do, and what a session says: both change the state. */

import { download } from "./files.js";
import { NUMBERS } from "./numbers.js";
import { makeRunActions } from "./run_actions.js";
import { makeSceneActions } from "./scene_actions.js";
import {
  finishSentence,
  passesStation,
  progressSentence,
} from "./sentences.js";
import { makeSettingActions } from "./setting_actions.js";
import { OWN } from "./state.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {ReturnType<typeof makeActions>} Actions */

/**
 * @typedef {object} Context
 * @property {State} state
 * @property {import("./state.js").Derived} derived
 * @property {(message: any) => void} send to the session, with the run's number
 * @property {() => void} update the drawing
 * @property {(sentence: string) => void} speak
 * @property {(step?: boolean) => void} changed the address and the widget's traits;
 *   a step can be gone back
 * @property {number} unseen scenes that AP is measured on
 * @property {() => boolean} isCalm whether the reader wants little motion
 */

const CALM_MS = 1000; // between two drawings of a scene, with reduced motion

/** @param {Context} context */
export function makeActions(context) {
  const { state, update, changed } = context;
  const run = makeRunActions(context);
  return {
    ...run,
    ...makeSettingActions(context, run.restart),
    ...makeSceneActions(context),
    ...makeFileActions(context),
    /** @param {string} id */
    view(id) {
      state.view = id;
      state.said = state.chapter = "";
      changed();
      update();
    },
    /** @param {string} id */
    open(id) {
      state.open = id;
      changed();
      update();
    },
    /** @param {string} key of NUMBERS */
    explain(key) {
      const [label, help, chapter] = NUMBERS[key];
      state.said = `${label}: ${help}`;
      state.chapter = chapter;
      update();
    },
    /** @param {import("./runs.js").Run | null} run */
    compare(run) {
      state.runs.compared = run;
      update();
    },
    /** @param {any} message of the session */
    receive(message) {
      if (!state.runs.take(message)) return;
      HEAR[message.type]?.(context, message);
      if (message.type === "inside") state.inside = message;
      update();
    },
  };
}

/** @param {Context} context */
function makeFileActions({ state, send }) {
  return {
    save() {
      state.keep = true;
      send({ type: "save" });
    },
    /** @param {Uint8Array} bytes of a file of weights */
    load: (bytes) => send({ type: "load", bytes }),
  };
}

/** @type {Record<string, (context: Context, message: any) => void>} */
const HEAR = {
  started({ state }, { kernels }) {
    state.kernels = kernels;
  },
  found({ state, isCalm }, { scene, detections }) {
    const still = isCalm() && state.runs.now.phase === "training";
    const now = performance.now();
    if (still && scene < OWN && now - state.shownAt[scene] < CALM_MS) return;
    state.shownAt[scene] = now;
    state.found[scene] = detections;
  },
  loaded({ state }) {
    state.said = "These are the weights of your file.";
  },
  scores({ state, derived, speak, changed }) {
    const { now } = state.runs;
    const passed = passesStation(now) || now.scores.length % 4 === 0;
    if (passed && now.phase === "training") {
      speak(progressSentence(now, derived.level()));
    }
    changed();
  },
  finished({ state, send, speak, changed }) {
    speak(finishSentence(state.runs));
    send({ type: "save" });
    changed();
  },
  weights({ state, changed }, { bytes }) {
    state.weights = bytes;
    if (state.keep) download(bytes);
    state.keep = false;
    changed();
  },
  refused({ state, speak }, { sentence }) {
    state.said = sentence;
    speak(sentence);
  },
  stopped({ state, speak }) {
    speak(state.runs.now.trouble);
  },
};

/**
 * What Python reads of a run.
 *
 * @param {State} state
 */
export function reportOf({ runs, found }) {
  const history = runs.now.scores.map(({ count, ap50, ap75, ap, bySize }) => {
    const loss = runs.now.losses.filter((one) => one.count <= count).pop();
    return {
      ...{ scenes: count, ap50, ap75, ap, ap50_by_size: bySize },
      ...{ class_loss: loss?.classLoss, box_loss: loss?.boxLoss },
    };
  });
  const boxes = found.map((one) => ({
    boxes: one ? [...one.boxes] : [],
    scores: one?.scores ?? [],
    classes: one?.classes ?? [],
  }));
  return { history, found: boxes };
}
