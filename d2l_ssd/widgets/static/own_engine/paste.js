/** Copy-and-paste: things of other pictures, put down on a training picture. */

import { about, between, factor, pick } from "./chance.js";
import { cos, sin } from "../lib/math.js";
import { levelOf, lineOf, placeBox, readLine } from "./warp.js";

/** @typedef {import("./chance.js").Random} Random */
/** @typedef {import("./pyramid.js").Level} Level */
/** @typedef {import("./warp.js").Box} Box */
/** @typedef {import("./warp.js").Canvas} Canvas */
/** @typedef {import("./warp.js").Placement} Placement */

/**
 * @typedef {object} Thing one box of a training picture
 * @property {number} label
 * @property {Box} box
 *
 * @typedef {Thing & { levels: Level[] }} Cut a thing, and the picture it is on
 *
 * @typedef {object} Ways
 * @property {boolean} flip whether a thing may be mirrored
 * @property {number} zoom how much larger than in its picture it is, about
 * @property {boolean} [strange] whether it gets colors that are not its own
 *
 * @typedef {object} Paint what becomes of the three colors, each 0 to 255
 * @property {number[]} gains
 * @property {number[]} lifts
 */

const MANY = [1, 0.4, 0.2]; // the chance of a first, a second and a third thing
const TRIES = 4; // per thing
/** @type {Paint} */
const NO_PAINT = { gains: [1, 1, 1], lifts: [0, 0, 0] };
const STRANGE = 70; // between a thing's color and a stranger's, of 255
const PAINTS = 8; // that are tried
const PROBES = 6; // of a thing's color, along each side
/** @type {[number, number]} */
const SCALE = [0.5, 2];
const SIDES = { least: 0.1, most: 0.75 };
const ASPECT = 0.15;
const TURN = (25 / 180) * Math.PI;
const LARGEST = 0.96; // a thing's width or height on the canvas
const BRIGHTER = 0.15 * 255;
const ROUND = 0.25; // of the masks: ellipses

/**
 * Paste a few things where they cover little of those that are there.
 *
 * @param {Canvas} canvas
 * @param {Thing[]} things on the canvas
 * @param {Cut[]} cuts that can be pasted
 * @param {Random} random
 * @param {Ways} ways
 * @returns {Thing[]} those that have been pasted
 */
export function pasteThings(canvas, things, cuts, random, ways) {
  /** @type {Thing[]} */
  const pasted = [];
  const wanted = MANY.filter((chance) => random() < chance).length;
  for (let k = 0; k < wanted * TRIES && pasted.length < wanted; k++) {
    const there = things.concat(pasted);
    const thing = pasteOne(canvas, there, cuts, random, ways);
    if (thing) pasted.push(thing);
  }
  return pasted;
}

/**
 * Paste a thing in colors that no light gives it: it has the shape, but is another.
 *
 * @param {Canvas} canvas
 * @param {Thing[]} things on the canvas
 * @param {Cut[]} cuts
 * @param {Random} random
 * @param {Ways} ways
 */
export function pasteStranger(canvas, things, cuts, random, ways) {
  pasteOne(canvas, things, cuts, random, { ...ways, strange: true });
}

/**
 * Find a paint that makes a thing's color another; nothing if chance finds none.
 *
 * @param {Cut} cut
 * @param {Random} random
 */
function strangePaint(cut, random) {
  const own = colorOf(cut);
  for (let k = 0; k < PAINTS; k++) {
    const paint = anyPaint(random);
    const { gains, lifts } = paint;
    const change = own.map((color, c) => gains[c] * color + lifts[c] - color);
    if (Math.hypot(...change) >= STRANGE) return paint;
  }
  return null;
}

/**
 * Darken one or two of the three colors, which paints what is light, or lighten
 * them, which paints what is dark.
 *
 * @param {Random} random
 * @returns {Paint}
 */
function anyPaint(random) {
  const spared = Math.floor(3 * random());
  const gains = [0, 1, 2].map((c) =>
    c === spared ? 1 : between(random, 0.15, 0.55),
  );
  if (random() < 0.5) gains[(spared + 1) % 3] = 1;
  const white = random() < 0.5 ? 255 : 0;
  return { gains, lifts: gains.map((gain) => (1 - gain) * white) };
}

/**
 * The mean color of the inner half of a thing's box.
 *
 * @param {Cut} cut
 */
function colorOf({ levels, box: [x0, y0, x1, y1] }) {
  const { side, pixels } = levels[levels.length - 1];
  const [left, top] = [(3 * x0 + x1) / 4, (3 * y0 + y1) / 4];
  const sums = [0, 0, 0];
  for (let k = 0; k < PROBES * PROBES; k++) {
    const x = left + (((k % PROBES) + 0.5) / PROBES) * ((x1 - x0) / 2);
    const y = top + ((Math.floor(k / PROBES) + 0.5) / PROBES) * ((y1 - y0) / 2);
    const at = 3 * (Math.floor(y * side) * side + Math.floor(x * side));
    for (let c = 0; c < 3; c++) sums[c] += pixels[at + c];
  }
  return sums.map((sum) => sum / (PROBES * PROBES));
}

/**
 * @param {Canvas} canvas
 * @param {Thing[]} things that it may not cover
 * @param {Cut[]} cuts
 * @param {Random} random
 * @param {Ways} ways
 * @returns {Thing | null}
 */
function pasteOne(canvas, things, cuts, random, ways) {
  const cut = pick(random, cuts);
  const placement = anyPlacement(cut.box, random, ways);
  const box = placeBox(placement, cut.box);
  if (isTooLarge(box)) return null;
  if (things.some((other) => covers(box, other.box))) return null;
  const paint = ways.strange ? strangePaint(cut, random) : NO_PAINT;
  if (!paint) return null;
  pasteThing(canvas, cut, placement, random, paint);
  return { label: cut.label, box };
}

/**
 * @param {Box} box of a thing
 * @param {Random} random
 * @param {Ways} ways
 * @returns {Placement}
 */
function anyPlacement([x0, y0, x1, y1], random, { flip, zoom }) {
  const side = Math.sqrt((x1 - x0) * (y1 - y0));
  const { least, most } = SIDES;
  const scaled = side * zoom * factor(random, SCALE);
  const wanted = Math.min(most, Math.max(least, scaled));
  const aspect = about(random, ASPECT);
  const angle = between(random, -TURN, TURN);
  /** @type {Placement} */
  const placement = {
    from: [(x0 + x1) / 2, (y0 + y1) / 2],
    to: [0, 0],
    wide: (wanted / side) * aspect,
    high: wanted / side / aspect,
    cos: cos(angle),
    sin: sin(angle),
    mirror: flip && random() < 0.5 ? -1 : 1,
  };
  const [, , halfWidth, halfHeight] = placeBox(placement, [x0, y0, x1, y1]);
  const inside = 0.7; // of a half may not be cut off by the edge
  placement.to = /** @type {[number, number]} */ (
    [halfWidth, halfHeight].map((half) =>
      between(random, inside * half, 1 - inside * half),
    )
  );
  return placement;
}

/** @param {Box} box */
function isTooLarge([x0, y0, x1, y1]) {
  return x1 - x0 > LARGEST || y1 - y0 > LARGEST;
}

/**
 * Whether two boxes share more than a little of the smaller one.
 *
 * @param {Box} a
 * @param {Box} b
 */
function covers(a, b) {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return false;
  return width * height > 0.15 * Math.min(areaOf(a), areaOf(b));
}

/** @param {Box} box */
export function areaOf([x0, y0, x1, y1]) {
  return Math.max(0, x1 - x0) * Math.max(0, y1 - y0);
}

const FULL = 0.9; // of the mask's radius: beyond, it fades
const EDGE = 1.06;
const line = new Float32Array(3 * 512); // a row; reused

/**
 * Blend a box's content in, with a soft mask: an ellipse, or a rectangle with round
 * corners, since nobody has cut the thing out.
 *
 * @param {Canvas} canvas
 * @param {Cut} cut
 * @param {Placement} placement
 * @param {Random} random
 * @param {Paint} paint
 */
function pasteThing(canvas, { levels, box }, placement, random, paint) {
  const { gains, lifts } = paint;
  const { side, values } = canvas;
  const level = levelOf(levels, placement, side);
  const round = random() < ROUND;
  const brighter = random() < 0.5 ? between(random, -BRIGHTER, BRIGHTER) : 0;
  const halves = [(box[2] - box[0]) / 2, (box[3] - box[1]) / 2];
  const [width, height] = halves.map((half) => half * level.side);
  const center = placement.from.map((at) => at * level.side - 0.5);
  const { left, right, top, bottom } = rangeOf(placement, halves, side);
  for (let row = top; row < bottom; row++) {
    const through = lineOf(placement, level, side, row, left);
    readLine(level, through, right - left, line, 0);
    let u = (through.x - center[0]) / width;
    let v = (through.y - center[1]) / height;
    const du = through.dx / width;
    const dv = through.dy / height;
    let to = 3 * (row * side + left);
    for (let k = 0; k < 3 * (right - left); k += 3, u += du, v += dv, to += 3) {
      const part = maskAt(u * u, v * v, round);
      if (part === 0) continue;
      for (let c = 0; c < 3; c++) {
        const color = gains[c] * line[k + c] + lifts[c] + brighter;
        values[to + c] += part * (color - values[to + c]);
      }
    }
  }
}

/**
 * @param {number} u squared distance from the center, in halves of the width
 * @param {number} v the same of the height
 * @param {boolean} round
 */
function maskAt(u, v, round) {
  const square = round ? u + v : Math.sqrt(u * u + v * v);
  if (square >= EDGE * EDGE) return 0;
  if (square <= FULL * FULL) return 1;
  return (EDGE - Math.sqrt(square)) / (EDGE - FULL);
}

/**
 * The pixels that a thing can reach.
 *
 * @param {Placement} placement
 * @param {number[]} halves of its width and height
 * @param {number} side of the canvas
 */
function rangeOf({ to, wide, high, cos, sin }, [width, height], side) {
  const across = EDGE * wide * (Math.abs(cos) * width + Math.abs(sin) * height);
  const along = EDGE * high * (Math.abs(sin) * width + Math.abs(cos) * height);
  return {
    left: Math.max(0, Math.floor((to[0] - across) * side)),
    right: Math.min(side, Math.ceil((to[0] + across) * side)),
    top: Math.max(0, Math.floor((to[1] - along) * side)),
    bottom: Math.min(side, Math.ceil((to[1] + along) * side)),
  };
}
