/**
 * Every decision that a reader of the page "Teach it your own thing" can change, in
 * the form of the playground's.
 */

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

/**
 * @typedef {object} Knob
 * @property {Key} key
 * @property {string} group
 * @property {string} label
 * @property {string} help
 * @property {any} value that it has at first
 * @property {boolean} [live] it belongs to use, not to training
 * @property {[low: number, high: number, step: number]} [range]
 * @property {boolean} [logarithmic] the slider's steps multiply
 * @property {[value: any, text: string][]} [choices]
 */

/** @type {Knob[]} */
export const KNOBS = [
  {
    key: "augment",
    group: "training pictures",
    label: "Augmentation",
    help: "Shows each picture moved, turned, nearer or farther, in other light.",
    value: true,
  },
  {
    key: "paste",
    group: "training pictures",
    label: "Copy-and-paste",
    help: "Pastes your thing from one picture onto others.",
    value: true,
  },
  {
    key: "flip",
    group: "training pictures",
    label: "Random horizontal flip",
    help: "Switch it off if left and right matter.",
    value: true,
  },
  {
    key: "small",
    group: "network",
    label: "Look for small things",
    help: "Looks at four times as many pixels; for things of up to 0.4 of the picture.",
    value: false,
  },
  {
    key: "iou",
    group: "targets",
    label: "Matching threshold (IoU)",
    help: "From this overlap on, an anchor answers for a box.",
    value: 0.4,
    range: [0.2, 0.9, 0.05],
  },
  {
    key: "force",
    group: "targets",
    label: "Force-match",
    help: "At least one anchor per box, whatever the overlap.",
    value: true,
  },
  {
    key: "neg",
    group: "loss and training",
    label: "Negatives per positive",
    help: "Hard-negative mining: how many background anchors count.",
    value: 3,
    choices: [
      [1, "1"],
      [3, "3"],
      [10, "10"],
      [Infinity, "all"],
    ],
  },
  {
    key: "minneg",
    group: "loss and training",
    label: "At least … negatives per picture",
    help: "So that pictures without your thing teach something, too.",
    value: 8,
    choices: [
      [0, "0"],
      [8, "8"],
    ],
  },
  {
    key: "loc",
    group: "loss and training",
    label: "Weight of the localization loss",
    help: "Against the confidence loss.",
    value: 1,
    range: [0.1, 10, 0.1],
    logarithmic: true,
  },
  {
    key: "lr",
    group: "loss and training",
    label: "Learning rate",
    help: "Of Adam, after a short warm-up.",
    value: 0.003,
    range: [0.0005, 0.05, 0.0005],
    logarithmic: true,
  },
  {
    key: "seed",
    group: "loss and training",
    label: "Seed",
    help: "Same seed: same first weights, same training pictures.",
    value: 1,
    range: [1, 1000, 1],
  },
  {
    key: "nms",
    group: "use",
    label: "NMS threshold (IoU)",
    help: "Of boxes that overlap more than this, the best stays.",
    value: 0.3,
    range: [0.05, 1, 0.05],
    live: true,
  },
  {
    key: "appear",
    group: "use",
    label: "Score to appear",
    help: "A new box needs at least this score.",
    value: 0.9,
    range: [0.05, 0.95, 0.05],
    live: true,
  },
  {
    key: "stay",
    group: "use",
    label: "Score to stay",
    help: "A box that was shown goes only when its score falls below this.",
    value: 0.5,
    range: [0.05, 0.95, 0.05],
    live: true,
  },
];

/** @type {Settings} */
export const DEFAULTS = /** @type {any} */ (
  Object.fromEntries(KNOBS.map(({ key, value }) => [key, value]))
);
