/**
 * What one can look at when a detector does not work, and what it costs: the page
 * asks one diagnostic at a time, the table of the book asks all of them.
 */

import {
  companyMatters,
  countPositives,
  inputNumbers,
  knowNothingOf,
  roundTrip,
  trainingScenes,
} from "./checks.js";
import { cocoScores, meanPrecisions } from "./detect.js";
import {
  countShown,
  errorArrows,
  medianArrow,
  precisionsBySize,
  precisionsWithoutClass,
} from "./measures.js";
import { CLASSES } from "./scenes.js";

/** @typedef {import("../lib/labels.js").Labels} Labels */
/** @typedef {import("./checks.js").ByHeart} ByHeart */
/** @typedef {import("./loss_log.js").LossLog} LossLog */
/** @typedef {import("./detect.js").Detections} Detections */
/** @typedef {import("./scenes.js").Scene} Scene */
/** @typedef {import("./trainer.js").Trainer} Trainer */

/**
 * @typedef {object} Subject
 * @property {Trainer} trainer
 * @property {LossLog} log
 * @property {Scene[]} scenes unseen ones
 * @property {() => Detections[]} found in them
 * @property {() => ByHeart} byHeart
 *
 * @typedef {Record<string, number>} Symptoms
 *
 * @typedef {object} Diagnostic
 * @property {string} id
 * @property {string} name
 * @property {string} help
 * @property {number} seconds that it costs on a laptop
 * @property {(subject: Subject) => Symptoms} measure
 */

export const SHOWN_FROM = 0.4; // the score from which boxes count as shown
const SOME = 100; // scenes are enough to count anchors

/** @type {Diagnostic[]} */
export const DIAGNOSTICS = [
  {
    id: "picture",
    name: "Boxes in the picture",
    help: "Do boxes sit on the objects that one sees? Are scores probabilities?",
    seconds: 1,
    measure(subject) {
      const { scenes } = subject;
      const found = subject.found();
      const seen = labelsOf(scenes);
      const { ap50, touch } = precisionsWithoutClass(found, seen);
      return {
        seen: ap50Of(found, seen),
        seenAnyClass: ap50,
        touch,
        maxScore: Math.max(0, ...found.flatMap(({ scores }) => scores)),
        points: countPoints(found) / found.length,
      };
    },
  },
  {
    id: "first",
    name: "First losses",
    help: "Of the first batch, before anything is learned.",
    seconds: 0,
    measure: ({ log }) => ({
      firstClassLoss: log.first[0],
      firstBoxLoss: log.first[1],
    }),
  },
  {
    id: "losses",
    name: "Losses",
    help: "Does the confidence loss leave the level of knowing nothing? Does the localization loss fall?",
    seconds: 0,
    measure({ log, trainer, scenes }) {
      const early = log.means[EARLY];
      const last = log.means[log.means.length - 1];
      return {
        line: knowNothingOf(trainer, scenes.slice(0, SOME)),
        ...{ earlyClassLoss: early?.[0] ?? NaN, classLoss: last?.[0] ?? NaN },
        boxLoss: last?.[1] ?? NaN,
      };
    },
  },
  {
    id: "positives",
    name: "Positive anchors",
    help: "Per object: matched, and counted in the loss. Objects without one.",
    seconds: 0.2,
    measure({ trainer, scenes }) {
      const { byClass, matched, counted, alone } = countPositives(
        trainer,
        scenes.slice(0, SOME),
      );
      const shares = byClass.map((row) => row.counted / row.objects);
      return {
        ...{ matched, counted, alone },
        leastOfAClass: Math.min(...shares),
        mostOfAClass: Math.max(...shares),
      };
    },
  },
  {
    id: "heart",
    name: "Two scenes by heart",
    help: "Train on two scenes only: are the loss and AP on them perfect?",
    seconds: 1,
    measure({ byHeart }) {
      const { trainer, classLoss } = byHeart();
      const { ap50 } = trainer.evaluate(trainingScenes(trainer, 2));
      return { heartLoss: classLoss, heartAp: ap50 };
    },
  },
  {
    id: "roundTrip",
    name: "Targets decoded back",
    help: "Decode the targets as if they were predictions: AP must be 1.",
    seconds: 0.5,
    measure({ trainer, scenes }) {
      const { ap50, ap75, anyClass } = roundTrip(
        trainer,
        scenes.slice(0, SOME),
      );
      return { tripAp50: ap50, tripAp75: ap75, tripAnyClass: anyClass };
    },
  },
  {
    id: "input",
    name: "Network input",
    help: "Mean and spread of its numbers in training and in use, and the pictures.",
    seconds: 0.1,
    measure({ trainer, scenes }) {
      const numbers = inputNumbers(trainer, scenes.slice(0, 20));
      return {
        ...{ mean: numbers.training.mean, std: numbers.training.std },
        ...{ meanInUse: numbers.use.mean, stdInUse: numbers.use.std },
        inputDifference: numbers.difference,
      };
    },
  },
  {
    id: "training",
    name: "AP50 on training scenes",
    help: "As they were trained on, after augmentation.",
    seconds: 0.5,
    measure({ trainer }) {
      const scenes = trainingScenes(trainer, SOME);
      const found = trainer.detect(scenes);
      const labels = judgedBy({ trainer, scenes });
      return { trainAp50: ap50Of(found, labels) };
    },
  },
  {
    id: "boxes",
    name: "Boxes per scene",
    help: "With a score of 0.40 or more; a scene has 2.5 objects.",
    seconds: 0.5,
    measure: (subject) =>
      countShown(subject.found(), labelsOf(subject.scenes), SHOWN_FROM),
  },
  {
    id: "ap",
    name: "AP, and AP ignoring class",
    help: "If only the second is high, the classes are wrong.",
    seconds: 0.5,
    measure(subject) {
      const found = subject.found();
      const labels = judgedBy(subject);
      return {
        ...cocoScores(found, labels),
        anyClass: precisionsWithoutClass(found, labels).ap50,
      };
    },
  },
  {
    id: "sizes",
    name: "AP50 by object size",
    help: "Small (under 11 px), medium, large (over 22 px).",
    seconds: 0.5,
    measure(subject) {
      const [small, medium, large] = precisionsBySize(
        subject.found(),
        judgedBy(subject),
      );
      return { small, medium, large };
    },
  },
  {
    id: "arrows",
    name: "Error arrows",
    help: "From each box to the nearest object: medians of shift and size.",
    seconds: 0.5,
    measure(subject) {
      const labels = labelsOf(subject.scenes);
      const arrows = errorArrows(subject.found(), labels, SHOWN_FROM);
      const { right, down, width, height } = medianArrow(arrows);
      return {
        ...{ right: right.median, down: down.median },
        ...{ width: width.median, height: height.median },
        ...{ rightSpread: right.iqr, downSpread: down.iqr },
        ...{ widthSpread: width.iqr, heightSpread: height.iqr },
      };
    },
  },
  {
    id: "company",
    name: "Alone or in company",
    help: "The same scene alone and in a batch must give the same outputs.",
    seconds: 0.1,
    measure: ({ trainer, scenes }) => ({
      company: companyMatters(trainer, scenes),
    }),
  },
];

const EARLY = 3; // the mean of scenes 1,500 to 2,000

/** @param {Scene[]} scenes */
function labelsOf(scenes) {
  return scenes.map(({ labels }) => labels);
}

/**
 * @param {Detections[]} found
 * @param {Labels[]} labels
 */
function ap50Of(found, labels) {
  return meanPrecisions(found, labels, [0.5], CLASSES.length)[0];
}

/** @param {Pick<Subject, "trainer" | "scenes">} subject */
function judgedBy({ trainer, scenes }) {
  return trainer.steps.groundTruth(labelsOf(scenes));
}

/**
 * Count shown boxes without area.
 *
 * @param {Detections[]} found
 */
function countPoints(found) {
  let points = 0;
  for (const { boxes, scores } of found) {
    scores.forEach((score, d) => {
      const k = 4 * d;
      const area = (boxes[k + 2] - boxes[k]) * (boxes[k + 3] - boxes[k + 1]);
      if (score >= SHOWN_FROM && area < LEAST_AREA) points++;
    });
  }
  return points;
}

const LEAST_AREA = 1e-4; // half a pixel by half a pixel

/**
 * Make the subject of diagnostics; what it finds is computed once, and when asked.
 *
 * @param {Omit<Subject, "found">} subject
 * @returns {Subject}
 */
export function makeSubject(subject) {
  /** @type {Detections[] | undefined} */
  let found;
  return {
    ...subject,
    found: () => (found ??= subject.trainer.detect(subject.scenes)),
  };
}
