/** What a reader can do, and what a session says: both change the state. */

import { DEFAULTS } from "../own_engine/settings.js";
import { makePictureActions, selectedPicture } from "./picture_actions.js";
import { savePictures } from "./saving.js";
import { makeShootActions } from "./shoot_actions.js";
import { isTrained } from "./state.js";
import { makeTeachActions } from "./teach_actions.js";
import { makeWatchActions } from "./watch_actions.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {ReturnType<typeof makeActions>} Actions */

/**
 * @typedef {object} Context
 * @property {State} state
 * @property {(message: any) => void} send to the session, with the run's number
 * @property {() => void} update the drawing
 * @property {(sentence: string) => void} say to everybody
 * @property {(sentence: string) => void} speak to a screen reader
 * @property {() => void} changed the widget's traits
 * @property {import("./keeping.js").Keeping} keep
 * @property {HTMLVideoElement} video
 * @property {() => boolean} isCalm whether the reader wants little motion
 */

/** @param {Context} context */
export function makeActions(context) {
  const { state, update } = context;
  const teach = makeTeachActions(context);
  const watch = makeWatchActions(context);
  const pictures = makePictureActions(context, teach);
  const go = makeGo(context, teach, watch, pictures);
  const shoot = makeShootActions(context, watch, pictures, go);
  return {
    ...{ ...teach, ...watch, ...pictures, go, shoot },
    ...makeFlow(context, { ...teach, ...watch, ...pictures, go, shoot }),
    /** @param {string} open */
    open(open) {
      state.open = open;
      update();
    },
    /** @param {any} message of the session */
    receive(message) {
      if (!state.runs.take(message)) return;
      if (message.seconds) state.runs.now.seconds = message.seconds;
      HEAR[message.type]?.(context, message);
      watch.hear(message);
      teach.hear(message);
      if (message.type === "loaded" && !teach.wasKept()) {
        context.say("This detector comes from your file.");
      }
      if (message.type === "scores" && state.step === "pictures") {
        pictures.select(state.selected); // the detector knows more by now
      }
      update();
    },
  };
}

/**
 * Make what goes to a step.
 *
 * @param {Context} context
 * @param {ReturnType<typeof makeTeachActions>} teach
 * @param {ReturnType<typeof makeWatchActions>} watch
 * @param {ReturnType<typeof makePictureActions>} pictures
 */
function makeGo({ state, say, update }, teach, watch, pictures) {
  /** @param {State["step"]} step */
  return (step) => {
    if (step !== state.step) {
      watch.close();
      say(""); // what was said there is over
    }
    state.step = step;
    if (step === "watch" && state.aside) watch.openScene();
    else if (step === "watch" && state.hasCamera && isTrained(state)) {
      watch.openCamera();
    }
    if (step === "pictures") pictures.select(state.selected);
    if (step === "teach") teach.askSamples();
    update();
  };
}

/**
 * What leads from one step to another.
 *
 * @param {Context} context
 * @param {ReturnType<typeof makeTeachActions> & ReturnType<typeof makeWatchActions> &
 *   ReturnType<typeof makePictureActions> & { go: (step: State["step"]) => void,
 *   shoot: ReturnType<typeof makeShootActions> }} actions
 */
function makeFlow(context, actions) {
  const { state } = context;
  return {
    dismiss: () => context.say(""),
    savePictures: (/** @type {import("./saving.js").Format} */ format) =>
      savePictures(context, format),
    /** @param {string} id of the picture to be shown */
    choose(id) {
      if (state.source) actions.close();
      actions.select(id);
    },
    /** The selected picture's boxes are right. */
    confirm() {
      const isNew = !selectedPicture(state)?.ready;
      actions.confirm();
      const isDone = state.pictures.every(({ ready }) => ready);
      if (isNew && isDone) actions.shoot.goOn();
    },
    /** Go and teach: begin, go on, or another minute. */
    begin() {
      actions.go("teach");
      if (state.runs.now.phase !== "training") actions.teach();
    },
    /** Delete all pictures, and what was taught with them. */
    clear() {
      actions.close();
      context.say("");
      actions.clear();
    },
    /** Put the example away, and begin with an own thing. */
    leaveExample() {
      actions.leaveExample();
      actions.go("pictures");
    },
    /** Try the example: it is drawn and taught at once. */
    async tryExample() {
      if (state.busy) return; // pictures that are read would take its place
      await actions.drawExample();
      actions.go("teach");
      actions.train();
    },
  };
}

/** @type {Record<string, (context: Context, message: any) => void>} */
const HEAR = {
  started({ state }, { kernels }) {
    state.kernels = kernels;
  },
  found({ state }, { id, detections }) {
    const [, picture] = /^boxes (.*)/.exec(id) ?? [];
    if (picture) state.proposals = { id: picture, found: detections };
  },
  samples({ state }, { pictures }) {
    state.samples = pictures;
  },
  inside({ state }, message) {
    state.inside = message;
  },
  loaded({ state, keep, changed }, { classes }) {
    Object.assign(state, { loaded: true, classes });
    keep.names();
    changed();
  },
  refused: ({ say }, { sentence }) => say(sentence),
  stopped({ state, say }, { sentence, lost }) {
    if (lost) Object.assign(state, { started: 0, loaded: false, kernels: "" });
    say(sentence);
  },
};

/**
 * The settings that differ from the defaults.
 *
 * @param {import("../own_engine/settings.js").Settings} settings
 * @returns {Record<string, any>}
 */
export function changesOf(settings) {
  const all = /** @type {[keyof typeof DEFAULTS, any][]} */ (
    Object.entries(settings)
  );
  return Object.fromEntries(all.filter(([key, v]) => v !== DEFAULTS[key]));
}
