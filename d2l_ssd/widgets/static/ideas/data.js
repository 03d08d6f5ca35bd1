/** What IdeasExplorer knows of ideas, and what the controls show of them. */

import { toFloats } from "../lib/bytes.js";
import { readEpoch } from "../lib/detections.js";
import { dotPlaces } from "../lib/dots.js";
import { countImage } from "../lib/judging.js";
import { readBoxes, readColumn, readLabels } from "../lib/labels.js";

/** @typedef {import("../lib/bytes.js").Bytes} Bytes */
/** @typedef {import("../lib/grid.js").Shape} Shape */
/** @typedef {import("../lib/labels.js").Labels} Labels */

/**
 * @typedef {object} IdeaTraits
 * @property {string} name
 * @property {boolean} uses_nms
 * @property {[rows: number, columns: number, perCell: number][]} maps of its anchors
 *
 * @typedef {object} Traits
 * @property {Bytes[]} images
 * @property {Bytes[]} truths per image (M, 5): class and box
 * @property {Bytes[]} difficult per image (M,): 1 where it does not count
 * @property {string[]} class_names
 * @property {IdeaTraits[]} ideas
 * @property {Bytes[]} answers per idea (P, 7): image, object, anchor and its box
 * @property {Bytes[]} before per idea (N, 7): image, class, score and box, without NMS
 * @property {Bytes[]} after the same, as the idea uses NMS
 * @property {number} asked the idea of the task, or -1
 * @property {number} idea
 * @property {number} image
 * @property {boolean} nms
 * @property {number} score_threshold
 * @property {number} selected an object of the image, or -1
 * @property {Partial<Guess>} guess empty before there is one
 */

/**
 * @typedef {object} Guess how many boxes the idea of the task has without NMS
 * @property {number} range see `rangeOf`
 * @property {number} image on which it was said
 * @property {number} score from which on
 *
 * @typedef {object} Answers the predictions that answer for objects in training
 * @property {number[]} images
 * @property {number[]} objects
 * @property {number[]} anchors
 * @property {Float32Array} boxes of the anchors
 */

/** @typedef {import("../lib/types.d.ts").Model<Traits>} Model */
/** @typedef {ReturnType<typeof readData>} Data */
/** @typedef {ReturnType<typeof readIdea>} Idea */
/** @typedef {ReturnType<typeof readState>} State */
/** @typedef {ReturnType<typeof rowOf>} IdeaRow */

/** @param {Model} model */
export function readData(model) {
  const labels = readLabels(model.get("truths"), model.get("difficult"));
  const ideas = model.get("ideas").map((_, k) => readIdea(model, k, labels));
  return {
    names: model.get("class_names"),
    ...{ labels, ideas },
    asked: model.get("asked"),
    compared: ideas.find(({ usesNms }) => usesNms),
  };
}

/**
 * @param {Model} model
 * @param {number} k the idea
 * @param {Labels[]} labels
 */
function readIdea(model, k, labels) {
  const { name, uses_nms: usesNms, maps } = model.get("ideas")[k];
  const shapes = maps.map(
    ([rows, columns]) => /** @type {Shape} */ ([rows, columns]),
  );
  const counts = maps.map(
    ([rows, columns, perCell]) => rows * columns * perCell,
  );
  return {
    ...{ name, usesNms, shapes, counts },
    dots: dotPlaces(shapes, counts),
    answers: readAnswers(model.get("answers")[k]),
    before: readEpoch(model.get("before")[k], labels),
    after: readEpoch(model.get("after")[k], labels),
  };
}

/**
 * @param {Bytes} bytes (P, 7) float32
 * @returns {Answers}
 */
function readAnswers(bytes) {
  const rows = toFloats(bytes);
  const [images, objects, anchors] = [0, 1, 2].map((column) =>
    readColumn(rows, 7, column),
  );
  return { images, objects, anchors, boxes: readBoxes(rows, 7) };
}

/**
 * What the controls' settings show.
 *
 * @param {Model} model
 * @param {Data} data
 */
export function readState(model, data) {
  const [image, number] = [model.get("image"), model.get("idea")];
  const [nms, idea] = [Boolean(model.get("nms")), data.ideas[number]];
  const score = model.get("score_threshold");
  const said = model.get("guess");
  const guess = "range" in said ? /** @type {Guess} */ (said) : undefined;
  const truths = data.labels[image];
  const hides = (/** @type {number} */ k) => k === data.asked && !guess;
  return {
    ...{ image, number, idea, nms, score, guess, truths },
    selected: model.get("selected"),
    hidden: hides(number),
    found: (nms ? idea.after : idea.before)[image],
    answering: answersOf(idea, image),
    counts: data.labels.map((_, i) => countOn(data, idea, i, score, nms)),
    rows: data.ideas.map((one, k) => ({
      ...rowOf(data, one, image, score, nms),
      hidden: hides(k),
    })),
  };
}

/**
 * The rows of an idea's answers that belong to an image.
 *
 * @param {Idea} idea
 * @param {number} image
 */
function answersOf({ answers }, image) {
  return [...answers.images.keys()].filter((p) => answers.images[p] === image);
}

/**
 * Sort what an idea detects on an image into right, wrong and missed.
 *
 * @param {Data} data
 * @param {Idea} idea
 * @param {number} image
 * @param {number} score from which on
 * @param {boolean} nms
 */
export function countOn({ labels }, idea, image, score, nms) {
  const found = nms ? idea.after : idea.before;
  // In single precision, as in Python
  return countImage(found[image], labels[image], Math.fround(score));
}

/**
 * What an idea does with an image, in numbers.
 *
 * @param {Data} data
 * @param {Idea} idea
 * @param {number} image
 * @param {number} score
 * @param {boolean} nms whether boxes are judged after it
 */
function rowOf(data, idea, image, score, nms) {
  const [before, after] = [false, true].map((how) =>
    countOn(data, idea, image, score, how),
  );
  const { correct, wrong, missed } = nms ? after : before;
  const objects = Math.max(1, data.labels[image].classes.length);
  return {
    name: idea.name,
    answers: answersOf(idea, image).length / objects,
    before: before.shown.length,
    after: after.shown.length,
    right: correct.length,
    wrong: wrong.length,
    missed: missed.length,
  };
}

/**
 * The map that an anchor belongs to.
 *
 * @param {Idea} idea
 * @param {number} anchor
 */
export function mapOf({ counts }, anchor) {
  let map = 0;
  for (let end = counts[0]; anchor >= end; end += counts[map]) map++;
  return map;
}
