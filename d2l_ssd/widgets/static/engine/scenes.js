/**
 * Scenes: circles, squares and triangles on textured ground. Scene n of a seed has
 * the same pixels and labels as in `d2l_ssd.shapes`.
 */

import { cos, exp, log, sin } from "../lib/math.js";
import { keyOf, randomAt, STREAMS } from "./random.js";

/** @typedef {import("../lib/labels.js").Labels} Labels */

/**
 * @typedef {object} Scene
 * @property {Uint8ClampedArray} pixels (SIZE, SIZE, 3), RGB
 * @property {Labels} labels
 *
 * @typedef {object} World what scenes are like
 * @property {[number, number]} objects per scene, least and most
 * @property {[number, number]} sides in pixels, least and most
 * @property {number} overlap of the smaller of two objects, at most
 * @property {number[]} classes that occur
 * @property {number} empty share of scenes without objects
 * @property {number} crosses share of scenes with crosses, which are no class
 *
 * @typedef {object} Shape
 * @property {number} label of CLASSES, or CROSS
 * @property {[number, number, number, number]} box x, y, width, height in pixels
 * @property {number[]} color red, green, blue in [0, 1]
 * @property {number} shade how much lighter it is at the right than in the middle
 */

export const SIZE = 48;
export const CLASSES = ["circle", "square", "triangle"];
export const CROSS = CLASSES.length;

/** @type {World} */
const WORLD = {
  objects: [1, 4],
  sides: [6, 40],
  overlap: 0.15,
  classes: [0, 1, 2],
  empty: 0,
  crosses: 0,
};

const ATTEMPTS = 40; // to place an object
const FIRST_ATTEMPT = 16; // the place of its first number; the ground's come before
const NUMBERS = 9; // that an attempt takes
const SMALLEST = 5; // pixels of a side after stretching
const NOISE = 0.05;
const CONTRAST = 0.4; // between a shape and the mean of its ground

/**
 * Draw scene `index` of a seed.
 *
 * @param {number} seed
 * @param {number} index
 * @param {Partial<World>} [world]
 * @param {Uint8ClampedArray} [pixels] written to: memory costs time
 * @returns {Scene}
 */
export function drawScene(seed, index, world, pixels) {
  const key = keyOf(seed, STREAMS.scenes, index);
  const ground = makeGround(key);
  const shapes = placeShapes(key, { ...WORLD, ...world }, ground.mean);
  const noiseKey = keyOf(seed, STREAMS.noise, index);
  return paintScene(ground, shapes, noiseKey, pixels);
}

/**
 * Paint a scene of shapes that somebody has placed.
 *
 * @param {Shape[]} shapes
 * @param {number} [seed] of the ground
 */
export function drawShapes(shapes, seed = 0) {
  const key = keyOf(seed, STREAMS.scenes, 0);
  return paintScene(makeGround(key), shapes, keyOf(seed, STREAMS.noise, 0));
}

/** @typedef {ReturnType<typeof makeGround>} Ground */

/**
 * Two colors, and the plane wave that goes from one to the other and back.
 *
 * @param {number} key
 */
function makeGround(key) {
  /** @param {number} place */
  const u = (place) => randomAt(key, place);
  const first = [u(0), u(1), u(2)];
  const second = first.map((c, k) =>
    Math.min(1, Math.max(0, c + (u(3 + k) - 0.5) * 0.5)),
  );
  const mean = first.map((c, k) => (c + second[k]) / 2);
  const wave = {
    x: (u(6) - 0.5) * 1.8,
    y: (u(7) - 0.5) * 1.8,
    phase: u(8) * 6,
  };
  return { first, second, mean, wave };
}

/**
 * Place a scene's shapes, as many of those wanted as find room.
 *
 * @param {number} key
 * @param {World} world
 * @param {number[]} mean color of the ground
 */
function placeShapes(key, world, mean) {
  const [least, most] = world.objects;
  const wanted = least + Math.floor(randomAt(key, 9) * (most - least + 1));
  const crosses = randomAt(key, 11) < world.crosses;
  /** @type {Shape[]} */
  const shapes = [];
  if (randomAt(key, 10) < world.empty) return shapes;
  for (let k = 0; k < ATTEMPTS && shapes.length < wanted; k++) {
    const shape = tryShape(key, FIRST_ATTEMPT + k * NUMBERS, world, mean);
    const free = shapes.every(
      ({ box }) => !collide(box, shape.box, world.overlap),
    );
    if (free) shapes.push(crosses ? { ...shape, label: CROSS } : shape);
  }
  return shapes;
}

/**
 * Draw one shape's properties. Boxes come in eighths of a pixel, which float32 and
 * every language agree on.
 *
 * @param {number} key
 * @param {number} start place of its first number
 * @param {World} world
 * @param {number[]} mean color of the ground
 * @returns {Shape}
 */
function tryShape(key, start, { sides, classes }, mean) {
  /** @param {number} k */
  const u = (k) => randomAt(key, start + k);
  const side = sides[0] * exp(log(sides[1] / sides[0]) * u(0));
  const stretch = exp(0.8 * (u(1) - 0.5));
  const [width, height] = [side * stretch, side / stretch].map(toEighths);
  const x = Math.floor(u(2) * ((SIZE - width) * 8 + 1)) / 8;
  const y = Math.floor(u(3) * ((SIZE - height) * 8 + 1)) / 8;
  const color = contrasting([u(5), u(6), u(7)], mean);
  return {
    label: classes[Math.floor(u(4) * classes.length)],
    box: [x, y, width, height],
    color,
    shade: (u(8) - 0.5) * 0.3,
  };
}

/** @param {number} pixels */
function toEighths(pixels) {
  const eighths = Math.floor(8 * pixels + 0.5);
  return Math.min(8 * (SIZE - 2), Math.max(8 * SMALLEST, eighths)) / 8;
}

/**
 * A color that is too near the ground's goes half way round in every channel.
 *
 * @param {number[]} color
 * @param {number[]} mean
 */
function contrasting(color, mean) {
  const squares = color.map((c, k) => (c - mean[k]) * (c - mean[k]));
  const near = squares[0] + squares[1] + squares[2] < CONTRAST * CONTRAST;
  return near ? color.map((c) => (c + 0.5) % 1) : color;
}

/**
 * Whether two boxes share more than a part of the smaller one.
 *
 * @param {number[]} a
 * @param {number[]} b
 * @param {number} most
 */
function collide(a, b, most) {
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
  if (!(width > 0 && height > 0)) return false;
  return width * height > most * Math.min(a[2] * a[3], b[2] * b[3]);
}

const canvas = new Float64Array(SIZE * SIZE * 3); // reused: scenes come fast

/** Make room for a scene's pixels. */
export function makePixels() {
  return new Uint8ClampedArray(canvas.length);
}

/**
 * @param {Ground} ground
 * @param {Shape[]} shapes
 * @param {number} noiseKey
 * @param {Uint8ClampedArray} [pixels] an array of these rounds and clips
 * @returns {Scene}
 */
function paintScene(ground, shapes, noiseKey, pixels = makePixels()) {
  paintGround(ground);
  shapes.forEach(paintShape);
  for (let p = 0, k = 0; k < canvas.length; p++, k += 3) {
    const noise = (randomAt(noiseKey, p) - 0.5) * 2 * NOISE;
    pixels[k] = 255 * (canvas[k] + noise);
    pixels[k + 1] = 255 * (canvas[k + 1] + noise);
    pixels[k + 2] = 255 * (canvas[k + 2] + noise);
  }
  return { pixels, labels: labelsOf(shapes) };
}

const waves = [0, 1, 2, 3].map(() => new Float64Array(SIZE)); // reused, too

/** @param {Ground} ground */
function paintGround({ first, second, wave }) {
  const [columnSin, columnCos, rowSin, rowCos] = waves;
  // sin(a + b) from the sines of rows and columns, not of 2,304 pixels
  for (let i = 0; i < SIZE; i++) {
    columnSin[i] = sin(wave.x * i);
    columnCos[i] = cos(wave.x * i);
    rowSin[i] = sin(wave.y * i + wave.phase);
    rowCos[i] = cos(wave.y * i + wave.phase);
  }
  const [red, green, blue] = first;
  const [toRed, toGreen, toBlue] = second.map((c, k) => c - first[k]);
  for (let y = 0, k = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++, k += 3) {
      const sine = columnSin[x] * rowCos[y] + columnCos[x] * rowSin[y];
      const t = 0.5 + 0.5 * sine;
      canvas[k] = red + t * toRed;
      canvas[k + 1] = green + t * toGreen;
      canvas[k + 2] = blue + t * toBlue;
    }
  }
}

/** @param {Shape} shape */
function paintShape({ label, box: [left, top, width, height], color, shade }) {
  const [right, bottom] = [left + width, top + height];
  const inside = INSIDE[label];
  const [startY, startX] = [top, left].map((at) => Math.max(0, Math.floor(at)));
  for (let y = startY; y < Math.min(SIZE, bottom); y++) {
    const v = (y + 0.25 - top) / height;
    const w = (y + 0.75 - top) / height;
    for (let x = startX; x < Math.min(SIZE, right); x++) {
      const s = (x + 0.25 - left) / width;
      const t = (x + 0.75 - left) / width;
      const points = inside(s, v) + inside(t, v) + inside(s, w) + inside(t, w);
      if (!points) continue;
      const cover = points / 4;
      const light = shade * ((x - left) / width - 0.5) * 2;
      const k = (y * SIZE + x) * 3;
      canvas[k] += cover * (color[0] + light - canvas[k]);
      canvas[k + 1] += cover * (color[1] + light - canvas[k + 1]);
      canvas[k + 2] += cover * (color[2] + light - canvas[k + 2]);
    }
  }
}

/**
 * 1 where a point of the unit square lies in the shape of a class, else 0.
 *
 * @type {((u: number, v: number) => number)[]}
 */
const INSIDE = [
  (u, v) => +((u - 0.5) * (u - 0.5) + (v - 0.5) * (v - 0.5) <= 0.25),
  (u, v) => +(u >= 0 && u <= 1 && v >= 0 && v <= 1),
  (u, v) => +(v >= 0 && v <= 1 && Math.abs(u - 0.5) * 2 <= v),
  (u, v) => {
    const [a, b] = [Math.abs(u - 0.5), Math.abs(v - 0.5)];
    return +(Math.max(a, b) <= 0.5 && Math.min(a, b) <= 0.15);
  },
];

/**
 * @param {Shape[]} shapes
 * @returns {Labels}
 */
function labelsOf(shapes) {
  const objects = shapes.filter(({ label }) => label !== CROSS);
  const corners = objects.flatMap(({ box: [x, y, width, height] }) => [
    x / SIZE,
    y / SIZE,
    (x + width) / SIZE,
    (y + height) / SIZE,
  ]);
  return {
    classes: objects.map(({ label }) => label),
    boxes: Float32Array.from(corners),
    difficult: objects.map(() => false),
  };
}
