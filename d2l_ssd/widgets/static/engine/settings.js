/**
 * Every decision that a reader can change: what it is called, what it means, what
 * values it has, and how it stands in an address.
 */

/**
 * @typedef {object} Settings
 * @property {number} seed
 * @property {number} n scenes of a run
 * @property {number} scenes that training has; 0 for new ones, always
 * @property {boolean} flip
 * @property {number} shift pixels at most
 * @property {"ordinary" | "herd"} crowd
 * @property {number} empty percent of training scenes
 * @property {number} crosses percent of training scenes
 * @property {number[]} maps widths of those that are on
 * @property {number} sizes per map
 * @property {number[]} ratios
 * @property {number} scale of the anchors
 * @property {number} iou from which an anchor is positive
 * @property {boolean} force
 * @property {boolean} log
 * @property {number} neg negatives per positive; Infinity is all
 * @property {number} minneg
 * @property {number} loc
 * @property {number} lr
 * @property {number} nms
 * @property {number} show
 * @property {"ordinary" | "herd" | "crosses"} test
 * @property {string} bug its id, "" for none
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

const THIRD = 1 / 3;

/** @type {Knob[]} */
export const KNOBS = [
  {
    key: "n",
    group: "run",
    label: "Length of a run",
    help: "Scenes until training stops.",
    value: 6000,
    range: [500, 30000, 500],
  },
  {
    key: "seed",
    group: "run",
    label: "Seed",
    help: "Same seed: same first weights, same scenes.",
    value: 1,
    range: [1, 1000, 1],
  },
  {
    key: "scenes",
    group: "data",
    label: "Training scenes",
    help: "Fresh ones forever, or a fixed few to learn by heart.",
    value: 0,
    choices: [
      [0, "fresh"],
      [2, "2"],
      [20, "20"],
      [200, "200"],
    ],
  },
  {
    key: "flip",
    group: "data",
    label: "Random horizontal flip",
    help: "Mirrors half of the training scenes, boxes included.",
    value: true,
  },
  {
    key: "shift",
    group: "data",
    label: "Random shift",
    help: "Moves training scenes by up to so many pixels.",
    value: 0,
    range: [0, 6, 1],
  },
  {
    key: "crowd",
    group: "data",
    label: "Objects per scene",
    help: "One to four apart, or a herd of squares that overlap.",
    value: "ordinary",
    choices: [
      ["ordinary", "1 to 4"],
      ["herd", "a herd of squares"],
    ],
  },
  {
    key: "empty",
    group: "data",
    label: "Scenes without objects",
    help: "Percent of the training scenes that show ground only.",
    value: 0,
    range: [0, 50, 10],
  },
  {
    key: "crosses",
    group: "data",
    label: "Scenes of crosses",
    help: "Percent of the training scenes that show crosses, which are no class.",
    value: 0,
    range: [0, 50, 10],
  },
  {
    key: "maps",
    group: "feature maps",
    label: "Feature maps",
    help: "Cells that predict: fine ones for small objects, coarse ones for large.",
    value: [12, 6, 3],
    choices: [
      [12, "12 × 12 (fine)"],
      [6, "6 × 6"],
      [3, "3 × 3 (coarse)"],
    ],
  },
  {
    key: "sizes",
    group: "anchors",
    label: "Sizes per map",
    help: "Two anchor sizes on each map, or one between them.",
    value: 2,
    choices: [
      [1, "1"],
      [2, "2"],
    ],
  },
  {
    key: "ratios",
    group: "anchors",
    label: "Aspect ratios",
    help: "Width divided by height.",
    value: [1, 2, 0.5],
    choices: [
      [[1], "1"],
      [[1, 2, 0.5], "1, 2, 1/2"],
      [[1, 2, 0.5, 3, THIRD], "1, 2, 1/2, 3, 1/3"],
    ],
  },
  {
    key: "scale",
    group: "anchors",
    label: "Anchor scale",
    help: "Makes all anchors larger or smaller.",
    value: 1,
    range: [0.4, 2.5, 0.1],
  },
  {
    key: "iou",
    group: "targets",
    label: "Matching threshold (IoU)",
    help: "From this overlap on, an anchor answers for a ground-truth box.",
    value: 0.5,
    range: [0.2, 0.9, 0.05],
  },
  {
    key: "force",
    group: "targets",
    label: "Force-match",
    help: "At least one anchor per ground-truth box, whatever the overlap.",
    value: true,
  },
  {
    key: "log",
    group: "targets",
    label: "Log-encode box sizes",
    help: "Offsets hold the logarithm of width and height.",
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
    label: "At least … negatives per scene",
    help: "So that scenes without objects teach something, too.",
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
    value: 0.005,
    range: [0.0005, 0.05, 0.0005],
    logarithmic: true,
  },
  {
    key: "nms",
    group: "inference",
    label: "NMS threshold (IoU)",
    help: "Of boxes of one class that overlap more than this, the best stays.",
    value: 0.45,
    range: [0.05, 1, 0.05],
    live: true,
  },
  {
    key: "show",
    group: "inference",
    label: "Show boxes with a score of at least",
    help: "Changes the drawing only; AP counts every box above 0.01.",
    value: 0.4,
    range: [0.05, 0.95, 0.05],
    live: true,
  },
  {
    key: "test",
    group: "inference",
    label: "Unseen scenes",
    help: "What AP is measured on.",
    value: "ordinary",
    live: true,
    choices: [
      ["ordinary", "ordinary"],
      ["herd", "herds of squares"],
      ["crosses", "half of them crosses"],
    ],
  },
];

/**
 * Whether a knob's value is any part of its choices, such as the maps that are on.
 *
 * @param {Pick<Knob, "value" | "choices">} knob
 */
export function hasSubsets({ value, choices }) {
  return Array.isArray(value) && !Array.isArray(choices?.[0][0]);
}

/** @type {Settings} */
export const DEFAULTS = /** @type {any} */ ({
  ...Object.fromEntries(KNOBS.map(({ key, value }) => [key, value])),
  bug: "",
});
