/** What the page reads from Python, and writes to it. */

import { toBytes } from "../lib/bytes.js";
import { readLabels } from "../lib/labels.js";
import { onChange } from "../lib/model.js";
import { DEFAULTS } from "../own_engine/settings.js";
import { changesOf } from "./actions.js";
import { readPicture } from "./files.js";
import { makeState, readyPictures } from "./state.js";

/** @typedef {import("../lib/bytes.js").Bytes} Bytes */
/** @typedef {import("./state.js").State} State */

/**
 * @typedef {object} Traits
 * @property {string} _esm the bundle's own source
 * @property {Bytes[]} pictures files
 * @property {Bytes[]} truths
 * @property {Bytes[]} difficult
 * @property {string[]} classes
 * @property {Record<string, any>} settings that differ from the defaults
 * @property {object[]} labels
 * @property {object[]} history
 * @property {Bytes} weights
 */

/** @typedef {import("../lib/types.d.ts").Model<Traits>} Model */

const SAVE_MS = 300; // after the last change

/** @param {Model} model */
export function readState(model) {
  return makeState(readSettings(model), [...model.get("classes")]);
}

/** @param {Model} model */
function readSettings(model) {
  const given = { ...model.get("settings") };
  if (given.neg === "all") given.neg = Infinity;
  const { appear = DEFAULTS.appear, stay = DEFAULTS.stay } = given;
  if (stay > appear) given.stay = appear; // the page's sliders go along, too
  return given;
}

/**
 * The pictures that Python gives: their boxes are right.
 *
 * @param {Model} model
 * @returns {Promise<import("./state.js").Picture[]>}
 */
export function readGiven(model) {
  const labels = readLabels(model.get("truths"), model.get("difficult"));
  const files = model.get("pictures").map((bytes, k) => {
    return readFile(bytes, labels[k], `picture-${k + 1}`);
  });
  return Promise.all(files);
}

/**
 * @param {Bytes} bytes
 * @param {import("../lib/labels.js").Labels} labels
 * @param {string} name
 */
async function readFile(bytes, labels, name) {
  const picture = await readPicture(new Blob([toBytes(bytes)]), name);
  return { ...picture, labels, ready: true };
}

/**
 * Make what writes the state to the widget's traits.
 *
 * @param {Model} model
 * @param {State} state
 */
export function makeSaver(model, state) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {Uint8Array | null} weights that Python knows: its own may be newer */
  let written = null;
  const save = () => {
    const settings = changesOf(state.settings);
    if (settings.neg === Infinity) settings.neg = "all";
    model.set("settings", settings);
    model.set("classes", state.classes);
    model.set("labels", readyPictures(state).map(labelsOf));
    model.set("history", historyOf(state));
    if (state.weights && state.weights !== written) {
      const { buffer, byteOffset, byteLength } = state.weights;
      model.set("weights", new DataView(buffer, byteOffset, byteLength));
      written = state.weights;
    }
    model.save_changes();
  };
  return () => {
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_MS);
  };
}

/** @param {import("./state.js").Picture} picture */
function labelsOf({ name, labels, keptBack }) {
  return {
    name,
    classes: labels.classes,
    boxes: [...labels.boxes],
    difficult: labels.difficult.map(Number),
    kept_back: keptBack,
  };
}

/** @param {State} state */
function historyOf({ runs: { now } }) {
  return now.scores.map((score) => {
    const { count, seconds, ap50 } = /** @type {any} */ (score);
    const loss = now.losses.filter((one) => one.count <= count).pop();
    const losses = { class_loss: loss?.classLoss, box_loss: loss?.boxLoss };
    return {
      count,
      seconds,
      ap50: Number.isNaN(ap50) ? null : ap50,
      ...losses,
    };
  });
}

/**
 * Follow Python: its settings, and the weights that it gives.
 *
 * @param {Model} model
 * @param {State} state
 * @param {import("./actions.js").Actions} actions
 */
export function followModel(model, state, actions) {
  const load = () => {
    const bytes = toBytes(model.get("weights"));
    const own = state.weights;
    if (!bytes.length || (own && String(own) === String(bytes))) return;
    actions.load(bytes);
  };
  const endings = [
    onChange(model, ["weights"], load),
    onChange(model, ["settings"], () => {
      actions.set({ ...DEFAULTS, ...readSettings(model) });
    }),
  ];
  load();
  return () => endings.forEach((end) => end());
}
