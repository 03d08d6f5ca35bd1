/**
 * The part of the decision tree that asks about decoding and use: targets decoded
 * back, error arrows, the input, the number of boxes.
 */

/** @typedef {import("./decision_tree.js").Question} Question */

/** @type {Question} */
const ERRORS = {
  ask: "arrows",
  branches: [
    {
      when: (s) => Math.max(s.right, s.down) < -1.2,
      says: "All boxes sit to the left of their objects and above, at the right size.",
      then: "halfcell",
    },
    {
      when: (s) => Math.min(s.right, s.down) > 2,
      says: "All boxes sit to the right of their objects and below, by half their size.",
      then: "corner",
    },
    {
      when: (s) => s.widthSpread < 0.45,
      says: "Sizes are right, places are not.",
      then: "columns",
    },
    {
      when: (s) => s.rightSpread < 2.3,
      says: "Places are right, sizes are not.",
      then: "shapes",
    },
    {
      when: (s) => s.rightSpread < 7,
      says: "Places and sizes scatter, by a few pixels.",
      then: "axes",
    },
    {
      says: "Places and sizes scatter all over the scene.",
      then: "variances",
    },
  ],
};

/** @type {Question} */
const COUNT = {
  ask: "boxes",
  branches: [
    {
      when: (s) => s.precision < 0.55,
      says: "Half of the boxes are wrong: there are several on each object.",
      then: "nonms",
    },
    {
      says: "No more boxes than objects: no bug, but a poor or an unfinished run.",
      then: "",
    },
  ],
};

/** @type {import("./decision_tree.js").Branch} */
export const IS_RAW = {
  when: (s) => s.mean > 0.2,
  says: "The input has a mean of 0.48, in training and in use.",
  then: "raw",
};

/** @type {Question} */
const INPUT = {
  ask: "input",
  branches: [
    IS_RAW,
    {
      when: (s) => s.meanInUse > 0.2,
      says: "The input has a mean of 0 in training, of 0.48 in use.",
      then: "unnormalized",
    },
    {
      when: (s) => s.stdInUse < 0.6 * s.std,
      says: "In use the input spreads a third as wide as in training.",
      then: "unscaled",
    },
    {
      when: (s) => s.inputDifference > 0.05,
      says: "The numbers agree, the pictures have other colors.",
      then: "bgr",
    },
    { says: "The input is the same in training and in use.", then: COUNT },
  ],
};

/** @type {Question} */
export const ROUND_TRIP = {
  ask: "roundTrip",
  branches: [
    {
      when: (s) => s.tripAp50 < 0.9,
      says: "Targets decoded back are not the objects: decoding is at fault.",
      then: ERRORS,
    },
    {
      when: (s) => s.tripAp75 < 0.9,
      says: "Targets decoded back pass at IoU 0.5, not at 0.75: sizes are off.",
      then: "onevariance",
    },
    { says: "Targets decoded back are the objects.", then: INPUT },
  ],
};
