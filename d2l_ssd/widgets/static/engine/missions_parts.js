/** Missions about the parts of a detector, in the order of the book. */

/** @typedef {import("./missions.js").Mission} Mission */

const LARGEST = ["12 × 12", "6 × 6", "3 × 3", "all the same"];

/** @type {Mission[]} */
export const PARTS = [
  {
    id: "luck",
    title: "Is it luck?",
    topic: "ablation",
    question:
      "The same settings with ten seeds: how far apart are the best and the worst AP50 after 2,000 scenes?",
    choices: ["under 0.01", "about 0.03", "about 0.10", "about 0.30"],
    answer: [2],
    runs: [""],
    seeds: 10,
    seconds: 80,
    rows: [""],
    columns: ["ap50@2000", "ap50@6000", "ap50", "ap75"],
    verdict: (t) => range(t, "ap50@2000") > 1.4 * range(t, "ap50@6000"),
    lesson:
      "An unfinished run is a lottery ticket; the spread shrinks as training goes on. A gain smaller than the spread needs more seeds or a longer run, not a story.",
    next: [
      "Pairs of the same seed show small effects: is force-match one?",
      "a.force=1&b.force=0&seeds=10",
    ],
  },
  {
    id: "quarter",
    title: "A quarter of the anchors",
    topic: "anchors",
    question:
      "One square anchor per cell: 189 anchors in place of 756. What does it cost?",
    choices: [
      "AP50 halves",
      "AP50 loses a little, AP75 a lot",
      "both lose the same",
      "nothing at all",
    ],
    answer: [1],
    runs: ["sizes=1&ratios=1"],
    seconds: 10,
    rows: ["", "sizes=1&ratios=1", "sizes=1&ratios=1&force=0"],
    columns: ["ap50", "ap75", "matched", "alone"],
    verdict: (t) =>
      t.gain("sizes=1&ratios=1", "ap50") > -0.06 &&
      t.gain("sizes=1&ratios=1", "ap75") <
        2 * t.gain("sizes=1&ratios=1", "ap50") &&
      t.gain("sizes=1&ratios=1", "ap75") < -0.08,
    lesson:
      "Force-match keeps every object in training, and regression bridges the rest: objects are still found. Poor starting boxes show where overlap is asked for strictly.",
    next: ["The same without force-match", "sizes=1&ratios=1&force=0"],
  },
  {
    id: "maps",
    title: "Which map finds which objects?",
    topic: "feature maps",
    question:
      "Train with one map only. Which one is best on large objects, over 22 px, half of the scene?",
    choices: LARGEST,
    answer: [1],
    runs: ["maps=12", "maps=6", "maps=3"],
    seconds: 18,
    rows: ["", "maps=12", "maps=6", "maps=3"],
    columns: ["small", "medium", "large", "ap50"],
    verdict: (t) =>
      t.mean("maps=6", "large") > 0.15 + t.mean("maps=12", "large") &&
      t.mean("maps=6", "large") > 0.15 + t.mean("maps=3", "large") &&
      t.gain("maps=12", "small") > -0.06,
    lesson:
      "A fine map alone finds small objects as well as all three together; large ones need a coarser map. The coarsest alone is poor even on them: nine places and hardly more than one positive anchor per object are too little to learn from. Maps share the work; they do not own sizes.",
    next: ["Fine and middle map together", "maps=12,6"],
  },
  {
    id: "nothing",
    title: "Anchors that match nothing",
    topic: "anchors",
    question:
      "All anchors are twice as large as they should be, and nothing is forced. What becomes of small objects, under 11 px?",
    choices: [
      "found, with loose boxes",
      "as good as before",
      "none has a positive anchor, yet some are found",
      "training fails",
    ],
    answer: [2],
    runs: ["scale=2&force=0"],
    seconds: 6,
    rows: ["", "scale=2", "scale=2&force=0"],
    columns: ["alone", "small", "medium", "large", "ap50", "classLoss"],
    verdict: (t) =>
      t.mean("scale=2&force=0", "alone") > 0.3 &&
      t.mean("scale=2&force=0", "small") > 0.03 &&
      t.gain("scale=2&force=0", "small", "scale=2") < -0.1 &&
      t.gain("scale=2&force=0", "classLoss", "scale=2") < 0,
    lesson:
      "What has no positive anchor is taught as background, and the loss does not complain: the hard examples have left the sum. Look at the share of objects without an anchor before training; it takes no time at all.",
    next: ["Look at the targets", "scale=2&force=0&view=targets"],
  },
  {
    id: "forcing",
    title: "An anchor for everyone",
    topic: "targets",
    question:
      "What does force-match buy at a matching threshold of 0.5, and at 0.7?",
    choices: [
      "a lot at both",
      "little at 0.5, half of AP at 0.7",
      "nothing at 0.7: the threshold decides",
      "it harms: poor anchors",
    ],
    answer: [1],
    runs: ["force=0", "iou=0.7", "iou=0.7&force=0"],
    seconds: 24,
    rows: ["", "force=0", "iou=0.7", "iou=0.7&force=0"],
    columns: ["alone", "matched", "ap50", "ap75"],
    verdict: (t) =>
      t.gain("force=0", "ap50") > -0.07 &&
      t.mean("iou=0.7&force=0", "ap50") < 0.6 * t.mean("iou=0.7", "ap50"),
    lesson:
      "Force-match is an insurance: it pays when anchors fit badly. Whether a part matters depends on what else is on the table, so an ablation needs its context.",
    next: ["Preview the targets at 0.7", "iou=0.7&force=0&view=targets"],
  },
  {
    id: "threshold",
    title: "The threshold you show and the one you score",
    topic: "inference",
    question:
      "Boxes with a score under 0.40 are dropped before AP is computed, in place of those under 0.01. What becomes of AP50?",
    choices: [
      "it rises: fewer false alarms",
      "unchanged",
      "it falls to about 0.7",
      "it falls to about 0.3",
    ],
    answer: [2],
    runs: [""],
    seconds: 6,
    rows: [""],
    columns: [0.01, 0.05, 0.2, 0.4, 0.6, 0.8].flatMap((least) => [
      `ap50≥${least}`,
      `precision≥${least}`,
      `recall≥${least}`,
    ]),
    verdict: (t) =>
      t.mean("", "ap50≥0.4") > 0.58 &&
      t.mean("", "ap50≥0.4") < 0.78 &&
      t.mean("", "precision≥0.4") > 2 * t.mean("", "precision≥0.05"),
    lesson:
      "AP ranks all boxes, so cutting doubtful ones only takes recall away; people want precision. Use one threshold for scoring, 0.01, and another, chosen on validation scenes, for showing.",
    next: ["See what stands between 0.05 and 0.40", "show=0.05"],
  },
  {
    id: "herd",
    title: "NMS in a herd",
    topic: "inference",
    question:
      "NMS at 0.1 or at 0.45: where does it matter, on ordinary scenes or in a herd of squares that overlap?",
    choices: ["both", "ordinary scenes only", "herds only", "nowhere"],
    answer: [2],
    runs: ["crowd=herd&test=herd"],
    seconds: 8,
    rows: [
      ...["nms=0.1", "", "nms=0.75"],
      ...["crowd=herd&nms=0.1&test=herd", "crowd=herd&test=herd"],
      "crowd=herd&nms=0.75&test=herd",
    ],
    columns: ["ap50", "precision", "recall", "boxes"],
    verdict: (t) =>
      Math.abs(t.gain("nms=0.1", "ap50")) < 0.02 &&
      t.gain("crowd=herd&nms=0.1&test=herd", "ap50", "crowd=herd&test=herd") <
        -0.06,
    lesson:
      "NMS cannot tell a duplicate from a neighbor. On ordinary scenes any threshold up to 0.5 is fine; in a herd, a low one deletes true objects and a high one keeps duplicates.",
    next: ["Move the slider on a herd", "crowd=herd&test=herd&nms=0.1"],
  },
];

/**
 * @param {import("./table.js").Table} table
 * @param {string} column
 */
function range(table, column) {
  const { low, high } = table.summary("", column);
  return high - low;
}
