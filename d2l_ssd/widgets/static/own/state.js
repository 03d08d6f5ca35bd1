/** What the page knows, and what follows from it. */

import { DEFAULTS, KNOBS } from "../own_engine/settings.js";
import { knobText } from "../playground/names.js";
import { makeRuns } from "../playground/runs.js";

/** @typedef {import("../engine/detect.js").Candidates} Boxes */
/** @typedef {import("../own_engine/settings.js").Settings} Settings */
/** @typedef {import("./pixels.js").KeptPicture} Picture */
/** @typedef {ReturnType<typeof makeState>} State */

export const MAX_PICTURES = 60;
export const MAX_CLASSES = 3; // Python's is in own_thing_input.py
export const RUN_SECONDS = 60;
export const KEPT_BACK = 5;
export const SAMPLES = 8; // training pictures that are shown
const GUESSES_UNTIL = 0.7; // of recall: then scores are high enough to be shown by
const DOUBT_MS = 3000; // before it is said how a guess can be shown
const FEW = 12; // ready pictures: fewer teach only themselves

/**
 * @param {Partial<Settings>} given
 * @param {string[]} classes
 */
export function makeState(given, classes) {
  const settings = { ...DEFAULTS, ...given };
  return {
    /** @type {"pictures" | "teach" | "watch"} */
    step: "pictures",
    /** @type {Picture[]} */
    pictures: [],
    classes,
    /** @type {{ pictures: Picture[], classes: string[],
     * weights: Uint8Array<ArrayBuffer> | null } | null} the reader's, while the
     * example is open */
    aside: null,
    /** whether pictures are being read or drawn */
    busy: "",
    /** the picture whose boxes are drawn */
    selected: "",
    /** @type {{ picture: Picture, at: number } | null} what undoing brings back */
    removed: null,
    /** @type {{ id: string, found: Boxes } | null} what the detector proposes */
    proposals: null,
    settings,
    /** what a moving slider says */
    draft: settings,
    runs: makeRuns(runSettings({ settings }), nameOf),
    /** @type {Picture[]} that the run's AP is measured on */
    kept: [],
    /** @type {Set<string>} ids of the pictures that the run has learned from */
    learned: new Set(),
    /** @type {{ pixels: Uint8ClampedArray, labels: Picture["labels"] }[]} */
    samples: [],
    view: "found",
    open: "",
    /** @type {{ picture: number, anchor: number } | null} */
    looked: null,
    /** @type {import("../engine/inside.js").Inside | null} */
    inside: null,
    /** @type {import("./sources.js").Source | null} what is watched */
    source: null,
    isPaused: false,
    /** whether the reader has shown things to the camera */
    hasCamera: false,
    /** @type {Boxes} in the frame that is watched */
    shown: { boxes: new Float32Array(0), scores: [], classes: [], anchors: [] },
    fps: 0,
    /** @type {Boxes | null} the best one in it, shown or not */
    best: null,
    /** since when nothing is shown though there is a good guess, in milliseconds */
    doubtSince: Infinity,
    kernels: "",
    /** @type {Uint8Array<ArrayBuffer> | null} the file of the trained network */
    weights: null,
    /** the run that the session has begun */
    started: 0,
    /** whether a file has been loaded into the run's network */
    loaded: false,
    said: "",
  };
}

/**
 * The settings of a run, with its length.
 *
 * @param {{ settings: Settings }} state
 * @returns {any}
 */
export function runSettings({ settings }) {
  return { ...settings, n: RUN_SECONDS };
}

/**
 * A run's name: which settings differ.
 *
 * @param {Record<string, any>} settings
 */
export function nameOf(settings) {
  const names = KNOBS.filter(
    ({ key, live }) => !live && settings[key] !== DEFAULTS[key],
  ).map(({ key, label, choices }) => {
    return `${label.toLowerCase()} ${knobText(choices, settings[key])}`;
  });
  return names.join(", ") || "baseline";
}

/**
 * Names for all things that have boxes, whatever of them was stored.
 *
 * @param {string[]} names
 * @param {Picture[]} pictures
 */
export function namesFor(names, pictures) {
  const used = pictures.flatMap(({ labels }) => labels.classes);
  const count = Math.max(names.length, ...used.map((label) => label + 1));
  return Array.from({ length: count }, (_, k) => names[k] ?? `thing ${k + 1}`);
}

/** @param {Picture} picture */
export function hasThing({ labels }) {
  return labels.classes.length > 0;
}

/**
 * The pictures whose boxes are right.
 *
 * @param {State} state
 */
export function readyPictures({ pictures }) {
  return pictures.filter(({ ready }) => ready);
}

/**
 * What stands in the way of teaching, or "".
 *
 * @param {State} state
 */
export function whyNotTeach(state) {
  const { pictures, classes } = state;
  if (!pictures.length) return "Take or choose pictures first.";
  if (readyPictures(state).some(hasThing)) return "";
  return (
    `Draw a box around the ${classes[0]} in at least one picture, and press ` +
    "“Ready, next”: without a box there is nothing to learn."
  );
}

/**
 * What the pictures lack, in a sentence, or "".
 *
 * @param {State} state
 */
export function warning(state) {
  const ready = readyPictures(state);
  const waiting = state.pictures.length - ready.length;
  if (waiting) {
    const wait = waiting === 1 ? "1 picture waits" : `${waiting} pictures wait`;
    return `${wait} for boxes, and will not be used until then.`;
  }
  if (ready.length && ready.length < FEW) {
    return "So few pictures show the thing in few ways: twenty are better.";
  }
  return "";
}

/**
 * Whether there is a detector.
 *
 * @param {State} state
 */
export function isTrained({ runs, loaded }) {
  return loaded || runs.now.count > 0;
}

/**
 * Precision and recall of the boxes with a score, on the pictures kept back.
 *
 * @param {State} state
 * @returns {{ precision: number, recall: number } | null}
 */
export function ratesAt({ runs, settings }) {
  const last = /** @type {any} */ (runs.now.scores[runs.now.scores.length - 1]);
  if (!last?.curve) return null;
  const { scores, precision, recall } = last.curve;
  const count = scores.filter(
    (/** @type {number} */ score) => score >= settings.appear,
  ).length;
  if (!count) return { precision: NaN, recall: 0 };
  return { precision: precision[count - 1], recall: recall[count - 1] };
}

/**
 * Whether guesses are shown, too: most things have no score to appear yet, or one
 * here has not had it for a while.
 *
 * @param {State} state
 * @param {number} [now] in milliseconds
 */
export function isGuessing(state, now = performance.now()) {
  const isEarly = !(Number(ratesAt(state)?.recall) >= GUESSES_UNTIL);
  return isEarly || isInDoubt(state, now);
}

/**
 * Whether a good guess has not been shown for a while.
 *
 * @param {State} state
 * @param {number} [now] in milliseconds
 */
export function isInDoubt({ doubtSince }, now = performance.now()) {
  return now - doubtSince >= DOUBT_MS;
}
