/**
 * From symptoms to the bug: which diagnostic to ask first, and what follows from
 * its answer. The first branch that fits is taken; the last always does.
 */

import { IS_RAW, ROUND_TRIP } from "./decoding_questions.js";

/** @typedef {import("./diagnostics.js").Symptoms} Symptoms */

/**
 * @typedef {object} Question
 * @property {string} ask a diagnostic
 * @property {Branch[]} branches
 *
 * @typedef {object} Branch
 * @property {(s: Symptoms) => boolean} [when] always, if it is not given
 * @property {string} says
 * @property {Question | string} then the next question, or the bug's id, "" for none
 *
 * @typedef {object} Look
 * @property {string} diagnostic
 * @property {string} says what it showed
 */

/** @type {Question} */
const CLASSES = {
  ask: "positives",
  branches: [
    {
      when: (s) => s.leastOfAClass > 0,
      says: "Each class has its positive anchors: the classes are right in training.",
      then: "names",
    },
    {
      when: (s) => s.mostOfAClass > 6,
      says: "One class has all positive anchors.",
      then: "collapsed",
    },
    {
      says: "One class has no positive anchor in the loss.",
      then: "background",
    },
  ],
};

/** @type {Question} */
const NAMES = {
  ask: "ap",
  branches: [
    {
      when: (s) => s.anyClass < 0.3,
      says: "AP is 0, even ignoring class, though the boxes sit right.",
      then: "nextscene",
    },
    {
      when: (s) => s.ap50 < 0.5 * s.anyClass,
      says: "AP ignoring class is high: the classes are wrong.",
      then: CLASSES,
    },
    { says: "AP agrees with what one sees.", then: ROUND_TRIP },
  ],
};

const LOWER_ON_TRAINING = "AP is lower on training scenes than on unseen ones.";

/** @param {Symptoms} s */
const isLowerOnTraining = (s) => s.trainAp50 < 0.75 * s.ap50 && s.ap50 > 0.1;

/** @type {Question} */
const MIRROR_OR_RATE = {
  ask: "training",
  branches: [
    { when: isLowerOnTraining, says: LOWER_ON_TRAINING, then: "flip" },
    {
      says: "Nothing is found in training scenes: it does not learn at this rate.",
      then: "rate",
    },
  ],
};

/** @type {Question} */
const BY_HEART = {
  ask: "heart",
  branches: [
    {
      when: (s) => s.heartLoss > 1,
      says: "Not even two scenes can be learned: a batch mixes its scenes.",
      then: "axis0",
    },
    {
      when: (s) => s.heartAp < 0.5,
      says: "Two scenes are learned by heart, but are not found.",
      then: "transposed",
    },
    {
      says: "Two scenes can be learned by heart: the parts fit.",
      then: {
        ask: "input",
        branches: [
          IS_RAW,
          { says: "The input has a mean of 0.", then: MIRROR_OR_RATE },
        ],
      },
    },
  ],
};

const FEW_POSITIVES = 8; // the level where negatives outnumber them by hundreds

/** @type {Question} */
const LOSSES = {
  ask: "losses",
  branches: [
    {
      when: (s) => !(s.line > 0 && s.line < FEW_POSITIVES),
      says: "There is no level of knowing nothing: hardly an anchor is positive.",
      then: "pixels",
    },
    {
      when: (s) => s.classLoss > 1.2 * s.line,
      says: "The confidence loss rests above the level of knowing nothing.",
      then: "untransposed",
    },
    {
      when: (s) => s.classLoss > 0.93 * s.line,
      says: "The confidence loss rests at the level of knowing nothing.",
      then: BY_HEART,
    },
    {
      when: (s) => s.classLoss < 1,
      says: "The confidence loss is far below a good run's: negatives are missing.",
      then: {
        ask: "first",
        branches: [
          {
            when: (s) => s.firstClassLoss < 2.7,
            says: "So it is from the first batch on: no negative counts.",
            then: "nonegatives",
          },
          {
            says: "The first batch's is nearly right: negatives count, the wrong ones.",
            then: "easiest",
          },
        ],
      },
    },
    {
      when: (s) => s.classLoss > 0.65 * s.line,
      says: "The confidence loss falls late, and stops high.",
      then: {
        ask: "training",
        branches: [
          { when: isLowerOnTraining, says: LOWER_ON_TRAINING, then: "flip" },
          { says: "AP is as low on training scenes.", then: ROUND_TRIP },
        ],
      },
    },
    { says: "The losses are those of a good run.", then: ROUND_TRIP },
  ],
};

/** @type {Question} */
export const TREE = {
  ask: "picture",
  branches: [
    {
      when: (s) => s.maxScore > 1.01,
      says: "A score above 1 is not a probability.",
      then: "logits",
    },
    {
      when: (s) => s.points > 0.3,
      says: "Boxes without area stand in a corner.",
      then: "padding",
    },
    {
      when: (s) => s.seenAnyClass > 0.75,
      says: "Boxes sit on the objects.",
      then: NAMES,
    },
    { says: "Boxes sit wrong, or are missing.", then: LOSSES },
  ],
};

/**
 * Walk the tree.
 *
 * @param {Symptoms} symptoms
 * @param {Question} [tree]
 * @returns {{ bug: string, path: Look[] }}
 */
export function findBug(symptoms, tree = TREE) {
  /** @type {Look[]} */
  const path = [];
  /** @type {Question | string} */
  let at = tree;
  while (typeof at !== "string") {
    const branch = branchOf(at, symptoms);
    path.push({ diagnostic: at.ask, says: branch.says });
    at = branch.then;
  }
  return { bug: at, path };
}

/**
 * @param {Question} question
 * @param {Symptoms} symptoms
 */
function branchOf({ branches }, symptoms) {
  const last = branches[branches.length - 1];
  return branches.find(({ when }) => when?.(symptoms)) ?? last;
}
