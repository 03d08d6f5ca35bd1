/**
 * A training picture as the network sees it: a picture of the reader's, moved, turned,
 * lit otherwise, with plain shapes and things put down on it, and something in front.
 */

import { cos, sin } from "../lib/math.js";
import { about, anyColor, between, factor, pick } from "./chance.js";
import { anyLight, develop } from "./light.js";
import { areaOf, pasteStranger, pasteThings } from "./paste.js";
import { drawDistractors } from "./distractors.js";
import { sideInUse } from "./finder.js";
import { INPUT_SIDE } from "./pyramid.js";
import { drawPicture, fillBox, levelOf, placeBox } from "./warp.js";

/** @typedef {import("../lib/labels.js").Labels} Labels */
/** @typedef {import("./chance.js").Random} Random */
/** @typedef {import("./paste.js").Cut} Cut */
/** @typedef {import("./paste.js").Thing} Thing */
/** @typedef {import("./pyramid.js").Level} Level */
/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {import("./warp.js").Box} Box */
/** @typedef {import("./warp.js").Canvas} Canvas */
/** @typedef {import("./warp.js").Placement} Placement */

/**
 * @typedef {object} Source a training picture, ready for use
 * @property {Level[]} levels
 * @property {Thing[]} things
 */

/** @type {[number, number]} */
const ZOOM = [0.75, 1.5];
const ASPECT = 0.15; // logarithm of a factor
const TURN = (12 / 180) * Math.PI;
const SHIFT = 0.25;
const AIM_FROM = 1.6; // zoom
const BLUR = { chance: 0.35, least: 1.5, most: 2.6 };
const PASTE = 0.9; // of the pictures
const STRANGERS = 0.6; // of the pictures
const CUT = 0.3; // of the things

/** A thing less than this in the picture is painted over: neither thing nor ground. */
const LEAST_PART = 0.4;
const NO_PART = 0.02;

/**
 * Draw a training picture.
 *
 * @param {Canvas} canvas that it is drawn on
 * @param {Uint8ClampedArray} pixels that it is written to
 * @param {{ sources: Source[], cuts: Cut[] }} given pictures, and all their things
 * @param {Random} random
 * @param {Settings} settings
 * @returns {Labels}
 */
export function drawSample(canvas, pixels, given, random, settings) {
  const { sources, cuts } = given;
  const { augment, flip, paste } = settings;
  const source = pick(random, sources);
  const placement = placeSource(source, random, settings);
  drawSource(canvas, source, placement, augment ? anyBlur(random) : 1, random);
  let things = keepThings(canvas, source.things, placement, random);
  if (augment && cuts.length) {
    drawDistractors(canvas, things, cuts, random);
  }
  const ways = { flip, zoom: zoomOf(settings) };
  if (paste && cuts.length && random() < STRANGERS) {
    pasteStranger(canvas, things, cuts, random, ways);
  }
  if (paste && cuts.length && random() < PASTE) {
    const pasted = pasteThings(canvas, things, cuts, random, ways);
    things = things.concat(pasted.map(clip));
  }
  if (augment) things.forEach((thing) => coverPart(canvas, thing, random));
  const light = augment ? anyLight(random) : undefined;
  develop(canvas, pixels, random, light);
  return toLabels(things);
}

/**
 * @param {Source} source
 * @param {Random} random
 * @param {Settings} settings
 * @returns {Placement}
 */
function placeSource({ things }, random, settings) {
  const { augment, flip } = settings;
  const zoom = zoomOf(settings) * (augment ? factor(random, ZOOM) : 1);
  const aspect = augment ? about(random, ASPECT) : 1;
  const angle = augment ? between(random, -TURN, TURN) : 0;
  return {
    from: anyCenter(things, zoom, augment ? SHIFT : 0, random),
    to: [0.5, 0.5],
    wide: zoom * aspect,
    high: zoom / aspect,
    cos: cos(angle),
    sin: sin(angle),
    mirror: flip && random() < 0.5 ? -1 : 1,
  };
}

/**
 * How much larger than the picture a training picture is, as the network looks at it
 * in use.
 *
 * @param {Settings} settings
 */
function zoomOf(settings) {
  return sideInUse(settings) / INPUT_SIDE;
}

/**
 * The middle of what is seen of a picture. Of a part of it, every other one has a
 * thing somewhere: by chance there would be few.
 *
 * @param {Thing[]} things
 * @param {number} zoom
 * @param {number} shift
 * @param {Random} random
 * @returns {[number, number]}
 */
function anyCenter(things, zoom, shift, random) {
  const aside = Math.max(shift, 0.5 - 0.5 / zoom);
  const [right, down] = [0, 1].map(() => between(random, -aside, aside));
  if (zoom < AIM_FROM || !things.length || random() < 0.5) {
    return [0.5 + right, 0.5 + down];
  }
  const [x0, y0, x1, y1] = pick(random, things).box;
  const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return [x + right / (zoom * aside * 2.4), y + down / (zoom * aside * 2.4)];
}

/** @param {Random} random */
function anyBlur(random) {
  const { chance, least, most } = BLUR;
  return random() < chance ? between(random, least, most) : 1;
}

/**
 * @param {Canvas} canvas
 * @param {Source} source
 * @param {Placement} placement
 * @param {number} blur
 * @param {Random} random
 */
function drawSource(canvas, { levels }, placement, blur, random) {
  const level = levelOf(levels, placement, canvas.side, blur);
  drawPicture(canvas, level, placement, anyColor(random));
}

/**
 * The things that are on the canvas; what is left of others is painted over.
 *
 * @param {Canvas} canvas
 * @param {Thing[]} things of the picture
 * @param {Placement} placement
 * @param {Random} random
 */
function keepThings(canvas, things, placement, random) {
  /** @type {Thing[]} */
  const kept = [];
  for (const { label, box } of things) {
    const whole = { label, box: placeBox(placement, box) };
    const seen = clip(whole);
    const part = areaOf(seen.box) / areaOf(whole.box);
    if (part > LEAST_PART) kept.push(seen);
    else if (part > NO_PART) fillBox(canvas, seen.box, anyColor(random));
  }
  return kept;
}

/**
 * @param {Thing} thing
 * @returns {Thing}
 */
function clip({ label, box }) {
  const clipped = box.map((at) => Math.min(1, Math.max(0, at)));
  return { label, box: /** @type {Box} */ (clipped) };
}

/**
 * Put something in front of a thing, sometimes.
 *
 * @param {Canvas} canvas
 * @param {Thing} thing
 * @param {Random} random
 */
function coverPart(canvas, { box: [x0, y0, x1, y1] }, random) {
  if (random() >= CUT) return;
  const [width, height] = [x1 - x0, y1 - y0].map(
    (size) => (size * between(random, 0.2, 0.45)) / 2,
  );
  const [x, y] = [between(random, x0, x1), between(random, y0, y1)];
  const box = /** @type {Box} */ ([
    ...[x - width, y - height, x + width, y + height],
  ]);
  fillBox(canvas, box, anyColor(random));
}

/**
 * @param {Thing[]} things
 * @returns {Labels}
 */
function toLabels(things) {
  return {
    classes: things.map(({ label }) => label),
    boxes: Float32Array.from(things.flatMap(({ box }) => box)),
    difficult: things.map(() => false),
  };
}
