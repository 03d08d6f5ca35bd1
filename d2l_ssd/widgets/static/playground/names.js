/** Short names of settings and of runs, for chips, lists and sentences. */

import { BUGS } from "../engine/bugs.js";
import { DEFAULTS, KNOBS } from "../engine/settings.js";
import { formatCount } from "../lib/format.js";

/** @typedef {import("../engine/settings.js").Key} Key */
/** @typedef {import("../engine/settings.js").Settings} Settings */

/** Settings of which a value and a word say more than the label. */
/** @type {Partial<Record<Key, (text: string, value: any) => string>>} */
const SHORT = {
  n: (_, value) => `${formatCount(value)} scenes long`,
  scenes: (text, value) => (value ? `${text} training scenes` : "fresh scenes"),
  flip: (text) => `flips ${text}`,
  shift: (text) => `shifts up to ${text} px`,
  crowd: (_, value) => (value === "herd" ? "herds" : "1 to 4 objects"),
  empty: (text) => `${text} % empty scenes`,
  crosses: (text) => `${text} % crosses`,
  maps: (_, value) => `maps ${value.join(", ")}`,
  sizes: (text) => `${text} size per map`,
  ratios: (text) => `ratios ${text}`,
  scale: (text) => `anchors × ${text}`,
  iou: (text) => `matching IoU ${text}`,
  force: (text) => `force-match ${text}`,
  log: (text) => `log of sizes ${text}`,
  neg: (text) => (text === "all" ? "all negatives" : `${text} negatives`),
  minneg: (text) => `at least ${text} negatives`,
  loc: (text) => `localization × ${text}`,
  lr: (text) => `learning rate ${text}`,
  nms: (text) => `NMS ${text}`,
  show: (text) => `score from ${text}`,
  test: (text) => `tested on ${text}`,
};

/**
 * A setting's value as a text.
 *
 * @param {Key} key
 * @param {any} value
 */
export function valueText(key, value) {
  const knob = KNOBS.find((one) => one.key === key);
  return knobText(knob?.choices, value);
}

/**
 * A knob's value as a text.
 *
 * @param {[value: any, text: string][] | undefined} choices that it has
 * @param {any} value
 */
export function knobText(choices, value) {
  const choice = choices?.find(([one]) => String(one) === String(value));
  if (choice) return choice[1];
  if (typeof value === "boolean") return value ? "on" : "off";
  return typeof value === "number"
    ? String(Number(value.toPrecision(3)))
    : String(value);
}

/**
 * A setting in a few words: "matching IoU 0.7".
 *
 * @param {Key} key
 * @param {any} value
 */
export function shortName(key, value) {
  if (key === "bug") {
    const bug = BUGS.find(({ id }) => id === value);
    return bug ? `bug: ${bug.name}` : "no bug";
  }
  const text = valueText(key, value);
  return SHORT[key]?.(text, value) ?? `${key} ${text}`;
}

/**
 * The settings that differ, in the order of the book.
 *
 * @param {Settings} settings
 * @param {Settings} [base]
 * @returns {Key[]}
 */
export function changedKeys(settings, base = DEFAULTS) {
  const keys = [...KNOBS.map(({ key }) => key), /** @type {Key} */ ("bug")];
  return keys.filter((key) => String(settings[key]) !== String(base[key]));
}

/**
 * A run's name: what differs from the baseline, and the seed.
 *
 * @param {Settings} settings
 */
export function runName(settings) {
  const keys = changedKeys(settings).filter(
    (key) => key !== "seed" && key !== "show" && key !== "n",
  );
  const names = keys.map((key) => shortName(key, settings[key]));
  return `${names.join(", ") || "baseline"}, seed ${settings.seed}`;
}

/** Settings of which a change needs another network. */
const NETWORK = ["maps", "sizes", "ratios", "seed"];

/**
 * What a change of settings asks for: nothing but to go on (`live`), a change that
 * the reader may force on the running network (`training`), or a new one (`network`).
 *
 * @param {Settings} from
 * @param {Settings} to
 * @returns {"none" | "live" | "training" | "network"}
 */
export function kindOfChange(from, to) {
  const keys = changedKeys(to, from).filter((key) => key !== "n");
  if (!keys.length) return "none";
  if (keys.some((key) => NETWORK.includes(key))) return "network";
  const live = keys.every((key) =>
    key === "bug"
      ? [from.bug, to.bug].every(isLiveBug)
      : KNOBS.find((knob) => knob.key === key)?.live,
  );
  return live ? "live" : "training";
}

/** @param {string} id */
function isLiveBug(id) {
  const bug = BUGS.find((one) => one.id === id);
  return !bug || bug.where === "decoding and use";
}
