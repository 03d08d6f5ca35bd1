/** Missions about training, data, metrics, and bugs. */

/** @typedef {import("./missions.js").Mission} Mission */

const RATES = [
  "n=3000&lr=0.0005",
  "n=3000&lr=0.0015",
  "n=3000",
  "n=3000&lr=0.015",
  "n=3000&lr=0.05",
];
const FIVE = ["bug=easiest", "iou=0.3", "", "loc=10", "iou=0.7&force=0"];
const BY_HEART = [
  "scenes=20&flip=0",
  "scenes=20&shift=6",
  "scenes=200&flip=0",
  "scenes=200&shift=6",
];
const CROSSES = ["", "crosses=30", "crosses=30&minneg=0"];

/** What is taken away, and how it is called; AP50 notices the last five. */
const CHANGES = /** @type {const} */ ([
  ["maps=12,6", "the coarsest map"],
  ["ratios=1", "all aspect ratios but 1"],
  ["bug=bgr", "the order of colors: red and blue exchanged in use"],
  ["nms=0.1", "most of NMS's tolerance: 0.1 in place of 0.45"],
  ["maps=6,3", "the finest map"],
  ["neg=all", "hard-negative mining"],
  ["scale=0.5", "half of the anchors' size"],
  ["iou=0.7", "matches under an IoU of 0.7, unless forced"],
  ["bug=halfcell", "half a cell, in decoding only"],
]);
const NOTICED = CHANGES.length - 5;
const BETWEEN = ["flip=0", "neg=1", "log=0", "force=0"];

/** @type {Mission[]} */
export const EXPERIMENTS = [
  {
    id: "lowest",
    title: "The lowest loss wins?",
    topic: "training",
    question: "Five detectors, sorted by loss. Which is the best?",
    choices: [
      "the lowest confidence loss",
      "the lowest localization loss",
      "the lowest sum",
      "the loss cannot tell",
    ],
    answer: [3],
    runs: FIVE,
    seconds: 30,
    rows: FIVE,
    columns: ["classLoss", "boxLoss", "ap50", "ap75"],
    verdict(t) {
      /** @param {(row: string) => number} loss */
      const lowest = (loss) =>
        FIVE.reduce((a, b) => (loss(b) < loss(a) ? b : a));
      const best = t.mean("", "ap50");
      /** @type {((row: string) => number)[]} */
      const losses = [
        (row) => t.mean(row, "classLoss"),
        (row) => t.mean(row, "boxLoss"),
        (row) => t.mean(row, "classLoss") + t.mean(row, "boxLoss"),
      ];
      return losses.every((loss) => {
        return t.mean(lowest(loss), "ap50") < 0.9 * best;
      });
    },
    lesson:
      "The settings decide which anchors enter the loss, so losses compare only between runs with the same targets, mining and weights. Compare AP; use the loss to see whether it learns.",
    next: ["The lowest loss of all", "bug=easiest"],
  },
  {
    id: "negatives",
    title: "All negatives",
    topic: "training",
    question:
      "Hard-negative mining off: some 750 negatives per scene count. What is the first confidence loss, and is the detector worse?",
    choices: [
      "about 4, and worse",
      "about 40, and much worse",
      "about 40, and a little worse",
      "about 40, and better",
    ],
    answer: [2],
    runs: ["neg=all"],
    seconds: 8,
    rows: ["", "neg=1", "neg=10", "neg=all"],
    columns: ["firstClassLoss", "line", "classLoss", "ap50", "ap75"],
    verdict: (t) =>
      t.mean("neg=all", "firstClassLoss") > 25 &&
      t.gain("neg=all", "ap50") < -0.015 &&
      t.gain("neg=all", "ap50") > -0.1 &&
      Math.abs(t.gain("neg=1", "ap50")) < 0.03,
    lesson:
      "The loss is divided by the number of positives, so its height counts negatives; the dashed line moves with the ratio. Mining helps here, modestly; which ratio hardly matters.",
    next: ["One negative per positive", "neg=1"],
  },
  {
    id: "rates",
    title: "Learning rates",
    topic: "training",
    question:
      "Five learning rates, 3,000 scenes each. What does “too high” look like?",
    choices: [
      "not a number",
      "the loss climbs",
      "the loss rests on the dashed line",
      "the loss swings",
    ],
    answer: [2],
    runs: RATES,
    seconds: 15,
    rows: [RATES[0], RATES[1], "", RATES[3], "bug=rate"],
    columns: ["ap50@500", "ap50@1000", "ap50@3000"],
    verdict: (t) =>
      Math.abs(t.mean("bug=rate", "classLoss") - t.mean("bug=rate", "line")) <
        0.15 &&
      t.mean("bug=rate", "ap50@3000") < 0.05 &&
      t.mean(RATES[0], "ap50@3000") < 0.65 * t.mean("", "ap50@3000"),
    lesson:
      "A factor of three either side costs a sixth of AP50 or more; a factor of ten halves it, or kills it. Clipping turns an explosion into silence: a flat line at the level of knowing nothing is the symptom. The fastest start is not the best end.",
    next: ["Watch the flat line", "lr=0.05&go=1"],
  },
  {
    id: "metrics",
    title: "Two detectors, two metrics",
    topic: "evaluation",
    question:
      "The localization loss has a weight of 0.1 or of 10. Which detector is better?",
    choices: ["0.1", "10", "it depends on the metric", "no difference"],
    answer: [2],
    runs: ["loc=0.1", "loc=10"],
    seconds: 12,
    rows: ["loc=0.1", "", "loc=10", "bug=onevariance"],
    columns: ["ap50", "ap75", "ap"],
    verdict: (t) =>
      t.gain("loc=0.1", "ap50", "loc=10") > 0.02 &&
      t.gain("loc=0.1", "ap75", "loc=10") < -0.05,
    lesson: "AP50 forgives loose boxes; AP75 and COCO AP do not. Report both.",
    next: [
      "A bug that AP50 will never find: one variance for all",
      "bug=onevariance",
    ],
  },
  {
    id: "overfit",
    title: "Twenty scenes by heart",
    topic: "data",
    question:
      "Train on 20 fixed scenes. AP50 on those twenty, and on new ones?",
    choices: ["1.0 and 0.9", "1.0 and 0.5", "1.0 and under 0.1", "0.6 and 0.5"],
    answer: [2],
    runs: BY_HEART.slice(0, 3),
    seconds: 20,
    rows: [...BY_HEART, ""],
    columns: ["classLoss", "trainAp50", "ap50"],
    verdict: (t) =>
      t.mean(BY_HEART[0], "trainAp50") > 0.98 &&
      t.mean(BY_HEART[0], "ap50") < 0.1 &&
      t.gain(BY_HEART[3], "ap50", BY_HEART[2]) > 0.15,
    lesson:
      "The gap between the two APs is overfitting, and the training loss looks best where it is worst. Augmentation is worth most where data are few: on 200 scenes it adds two thirds to AP, on scenes that never end flips add next to nothing.",
    next: ["200 scenes, flipped and shifted", "scenes=200&shift=6"],
  },
  {
    id: "mirror",
    title: "The mirror",
    topic: "debugging",
    question:
      "Half of the training images are flipped, their boxes are not. Does the confidence loss show it?",
    choices: [
      "it rises",
      "it stays at the dashed line",
      "it falls slowly, and stops high",
      "it falls as usual",
    ],
    answer: [2],
    runs: ["bug=flip", "flip=0&bug=flip"],
    seconds: 12,
    rows: ["", "bug=flip"],
    columns: ["classLoss", "trainAp50", "ap50", "boxes"],
    verdict: (t) =>
      t.mean("bug=flip", "classLoss") > 1.3 * t.mean("", "classLoss") &&
      t.mean("bug=flip", "classLoss") < t.mean("", "line") &&
      t.mean("bug=flip", "trainAp50") < 0.75 * t.mean("bug=flip", "ap50"),
    lesson:
      "Contradictory labels make a network hedge: low scores everywhere, half the AP. AP is lower on the training scenes than on unseen ones, the reverse of overfitting. Draw training images after augmentation, with their boxes.",
    next: ["Without flips the bug has nothing to do", "flip=0&bug=flip"],
  },
  {
    id: "crosses",
    title: "Scenes with nothing to find",
    topic: "data",
    question:
      "The detector meets crosses, which are no class. How many false alarms are there, and do unlabeled pictures of crosses cure them?",
    choices: [
      "none: it never saw a cross",
      "about 2 per scene; cured",
      "about 2 per scene; not cured",
      "about 10 per scene; cured",
    ],
    answer: [1],
    runs: CROSSES.map((row) => [row, "test=crosses"].filter(Boolean).join("&")),
    seconds: 18,
    rows: CROSSES.map((row) => [row, "test=crosses"].filter(Boolean).join("&")),
    columns: ["alarms", "ap50"],
    verdict: (t) =>
      t.mean("test=crosses", "alarms") > 1.3 &&
      t.mean("crosses=30&test=crosses", "alarms") < 0.4 &&
      t.mean("crosses=30&minneg=0&test=crosses", "alarms") > 1 &&
      t.gain("crosses=30", "ap50") < 0,
    lesson:
      "Images without objects teach only if the loss takes negatives from them: three times zero is zero. Collect the pictures that fool the detector; blank ones teach nothing new. The price is a tenth of AP50 on ordinary scenes, of which there are fewer.",
    next: [
      "At least 0 negatives per scene",
      "crosses=30&minneg=0&test=crosses",
    ],
  },
  {
    id: "unpunished",
    title: "What can you take away unpunished?",
    topic: "ablation",
    question: "Nine things are taken away. Mark those that AP50 will notice.",
    choices: CHANGES.map(([, name]) => name),
    answer: CHANGES.map((_, k) => k).slice(NOTICED),
    runs: CHANGES.map(([row]) => row),
    seconds: 54,
    rows: ["", ...CHANGES.map(([row]) => row), ...BETWEEN],
    columns: ["ap50", "ap75"],
    verdict: (t) =>
      CHANGES.every(([row], k) => {
        const gain = t.gain(row, "ap50");
        return k < NOTICED ? gain > -0.02 : gain < -0.05;
      }) && BETWEEN.every((row) => Math.abs(t.gain(row, "ap50")) < 0.05),
    lesson:
      "“No effect here” is a statement about this world: colors carry no class, and few objects need the coarsest map. AP50 is not all, either: without the aspect ratios AP75 falls. Flips, force-match and the logarithm of sizes cost so little that one run cannot show it; pairs of many seeds can.",
    next: ["Half a cell", "bug=halfcell"],
  },
];
