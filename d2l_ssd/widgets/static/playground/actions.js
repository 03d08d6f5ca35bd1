/** What a reader can do, and what a session says: both change the state. */

import { NUMBERS } from "./numbers.js";
import { makeRunActions } from "./run_actions.js";
import { makeSceneActions } from "./scene_actions.js";
import {
  finishSentence,
  passesStation,
  progressSentence,
} from "./sentences.js";
import { makeSettingActions } from "./setting_actions.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {ReturnType<typeof makeActions>} Actions */

/**
 * @typedef {object} Context
 * @property {State} state
 * @property {import("./state.js").Derived} derived
 * @property {(message: any) => void} send to the session, with the run's number
 * @property {() => void} update the drawing
 * @property {(sentence: string) => void} speak
 * @property {() => void} changed the address and the widget's traits
 * @property {number} unseen scenes that AP is measured on
 */

/** @param {Context} context */
export function makeActions(context) {
  const { state, update, changed } = context;
  const run = makeRunActions(context);
  return {
    ...run,
    ...makeSettingActions(context, run.restart),
    ...makeSceneActions(context),
    /** @param {string} id */
    view(id) {
      state.view = id;
      state.said = "";
      changed();
      update();
    },
    /** @param {string} id */
    open(id) {
      state.open = id;
      changed();
      update();
    },
    more() {
      state.open = "numbers";
      update();
    },
    /** @param {string} key of NUMBERS */
    explain(key) {
      const [label, help] = NUMBERS[key];
      state.said = `${label}: ${help}`;
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

/** @type {Record<string, (context: Context, message: any) => void>} */
const HEAR = {
  started({ state }, { kernels }) {
    state.kernels = kernels;
  },
  found({ state }, { scene, detections }) {
    state.found[scene] = detections;
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
