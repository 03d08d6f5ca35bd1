/**
 * Every decision that a reader of the page "Teach it your own thing" can change, in
 * the form of the playground's.
 */

import { KNOBS as PLAYGROUND } from "../engine/settings.js";

/**
 * @typedef {object} Settings
 * @property {number} seed
 * @property {boolean} augment
 * @property {boolean} paste
 * @property {boolean} flip
 * @property {boolean} small
 * @property {number} iou from which an anchor is positive
 * @property {boolean} force
 * @property {number} neg negatives per positive; Infinity is all
 * @property {number} minneg the least per picture
 * @property {number} loc weight of the localization loss
 * @property {number} lr
 * @property {number} nms
 * @property {number} appear the score from which a box is shown
 * @property {number} stay the score down to which it stays
 */

/** @typedef {keyof Settings} Key */

/** @typedef {import("../engine/settings.js").Knob} PlaygroundKnob */
/** @typedef {Omit<PlaygroundKnob, "key"> & { key: Key }} Knob */

/** @type {Record<string, PlaygroundKnob>} */
const THEIRS = Object.fromEntries(PLAYGROUND.map((knob) => [knob.key, knob]));

/** @type {Knob[]} */
export const KNOBS = [
  {
    key: "augment",
    group: "training pictures",
    label: "Augmentation",
    help: "Shows each picture moved, turned, nearer or farther, in other light, with plain shapes beside the thing.",
    value: true,
  },
  {
    key: "paste",
    group: "training pictures",
    label: "Copy-and-paste",
    help: "Pastes your thing from one picture onto others; also in wrong colors, as another thing that must not be found.",
    value: true,
  },
  {
    ...THEIRS.flip,
    key: "flip",
    group: "training pictures",
    help: "Switch it off if left and right matter.",
  },
  {
    key: "small",
    group: "network",
    label: "Look for small things",
    help: "Looks at four times as many pixels; not for things that fill half of a picture.",
    value: false,
  },
  {
    ...THEIRS.iou,
    key: "iou",
    value: 0.4,
  },
  {
    ...THEIRS.force,
    key: "force",
  },
  {
    ...THEIRS.neg,
    key: "neg",
    value: 10,
  },
  {
    ...THEIRS.minneg,
    key: "minneg",
    label: "At least … negatives per picture",
    help: "So that pictures without your thing teach something, too.",
  },
  {
    ...THEIRS.loc,
    key: "loc",
  },
  {
    ...THEIRS.lr,
    key: "lr",
    help: "Of Adam, after a short warm-up; it falls with the pictures seen.",
    value: 0.004,
  },
  {
    ...THEIRS.seed,
    key: "seed",
    group: THEIRS.lr.group,
    help: "Same seed: same first weights, same training pictures.",
  },
  {
    ...THEIRS.nms,
    key: "nms",
    group: "use",
    value: 0.3,
  },
  {
    key: "appear",
    group: "use",
    label: "Score to appear",
    help: "A new box needs at least this score.",
    value: 0.95,
    range: [0.05, 0.99, 0.01],
    live: true,
  },
  {
    key: "stay",
    group: "use",
    label: "Score to stay",
    help: "A box that was shown goes only when its score falls below this.",
    value: 0.7,
    range: [0.05, 0.99, 0.01],
    live: true,
  },
];

/** @type {Settings} */
export const DEFAULTS = /** @type {any} */ (
  Object.fromEntries(KNOBS.map(({ key, value }) => [key, value]))
);
