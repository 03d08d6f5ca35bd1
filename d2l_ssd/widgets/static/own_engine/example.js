/**
 * Pictures to start from where there is no camera: a rubber duck with a blue scarf
 * among other toys, drawn from a seed.
 */

import { keyOf, makeRandom, randomAt } from "../engine/random.js";
import { exp, sin } from "../lib/math.js";
import { between, factor, pick } from "./chance.js";
import { anyLight, develop } from "./light.js";
import { STORED_SIDE } from "./pyramid.js";
import { drawRoom } from "./rooms.js";
import { drawToy, DUCK, makeCanvas, OTHERS } from "./toys.js";
import { makeCanvas as makeSmallCanvas } from "./warp.js";

/** @typedef {import("./types.d.ts").Picture} Picture */
/** @typedef {import("./toys.js").Pose} Pose */
/** @typedef {import("./toys.js").Ball} Ball */

/** What the example's thing is called. */
export const EXAMPLE_NAME = "rubber duck";

const SAMPLES = 2; // per pixel, across and down
const STREAMS = { picture: 5, frame: 6, room: 7 };
const WITHOUT = 4; // every fourth picture is without the thing
const KEPT_BACK = 5; // every fifth picture is kept back
const ROOMS = 6; // of the pictures; the frames have others
const YAW = 1.9; // radians: the duck's back is never shown
/** @type {[number, number]} */
const SIDES = [0.08, 0.3]; // of a toy's unit; a duck is two units wide
const FRAMES_IN_A_ROOM = 150;
const LEAST_SEEN = 0.04; // of the picture: less has no label

/** @typedef {{ balls: Ball[], pose: Pose, isThing?: boolean }} Toy */

const canvas = makeCanvas(SAMPLES * STORED_SIDE); // reused
const halved = makeSmallCanvas(STORED_SIDE);

/**
 * Draw pictures of the example, some of them without the thing.
 *
 * @param {number} seed
 * @param {number} count
 * @returns {Picture[]}
 */
export function drawExample(seed, count) {
  return Array.from({ length: count }, (_, n) => {
    const random = makeRandom(keyOf(seed, STREAMS.picture, n));
    const toys = placeToys(random, n % WITHOUT !== WITHOUT - 1);
    const lowest = Math.min(
      ...toys.map(({ pose }) => pose.y + 0.6 * pose.size),
    );
    const horizon = Math.max(0.1, lowest * (0.45 + 0.5 * random()));
    drawRoom(canvas, keyOf(seed, STREAMS.room, n % ROOMS), horizon);
    return {
      ...finish(toys, random),
      id: `example-${seed}-${n}`,
      name: `duck-${n + 1}`,
      keptBack: n % KEPT_BACK === KEPT_BACK - 1,
    };
  });
}

/** @type {{ key: number, color: Float32Array }} */
const shown = { key: -1, color: new Float32Array(canvas.color.length) };

/**
 * Draw a frame of a film in which the thing and others move, from room to room.
 *
 * @param {number} seed
 * @param {number} n
 * @returns {Picture}
 */
export function drawFrame(seed, n) {
  const room = Math.floor(n / FRAMES_IN_A_ROOM);
  const key = keyOf(seed, STREAMS.frame, room);
  if (shown.key !== key) {
    drawRoom(canvas, key, 0.2 + 0.25 * randomAt(key, 99));
    shown.color.set(canvas.color);
    shown.key = key;
  } else canvas.color.set(shown.color);
  const random = makeRandom(key);
  const toys = [true, false, false].map((isThing) => ({
    balls: isThing ? DUCK : pick(random, OTHERS),
    pose: movingPose(n, keyOf(key, Math.floor(1000 * random()))),
    isThing,
  }));
  return {
    ...finish(toys, random),
    id: `frame-${seed}-${n}`,
    name: `frame-${n}`,
    keptBack: false,
  };
}

/**
 * A toy's pose as it moves to and fro, near and far, and to the picture's edges.
 *
 * @param {number} n
 * @param {number} key
 * @returns {Pose}
 */
function movingPose(n, key) {
  /** @param {number} k @param {number} speed */
  const swing = (k, speed) =>
    sin(n * speed * (0.7 + 0.6 * randomAt(key, k)) + 7 * randomAt(key, k + 9));
  return {
    x: 0.5 + 0.5 * swing(0, 0.03),
    y: 0.6 + 0.2 * swing(1, 0.023),
    size: 0.15 * exp(0.5 * swing(2, 0.019)),
    yaw: Math.PI / 2 + YAW * swing(3, 0.025),
    pitch: 0.35,
    roll: 0.2 * swing(4, 0.04),
  };
}

/**
 * Place the thing, if it is wanted, and one to three others that hide little of it.
 *
 * @param {() => number} random
 * @param {boolean} withThing
 * @returns {Toy[]}
 */
function placeToys(random, withThing) {
  const others = 1 + Math.floor(3 * random());
  /** @type {Toy[]} */
  const toys = [];
  if (withThing)
    toys.push({ balls: DUCK, pose: makePose(random), isThing: true });
  for (let k = 0; k < others; k++) {
    const pose = makePose(random);
    const balls = pick(random, OTHERS);
    const apart = toys.every(
      ({ pose: { x, y, size } }) =>
        Math.abs(pose.x - x) + Math.abs(pose.y - y) > pose.size + size,
    );
    if (apart) toys.push({ balls, pose });
  }
  return toys;
}

/**
 * @param {() => number} random
 * @returns {Pose}
 */
function makePose(random) {
  const size = factor(random, SIDES);
  return {
    x: 0.5 * size + (1 - size) * random(),
    y: 0.2 + 0.8 * size + (0.75 - size) * random(),
    size,
    yaw: Math.PI / 2 + between(random, -YAW, YAW),
    pitch: between(random, 0.15, 0.65),
    roll: 0.5 * (random() - 0.5) * random(),
  };
}

/**
 * Draw toys into the room, those that stand nearer over those behind, and develop
 * the picture.
 *
 * @param {Toy[]} toys
 * @param {() => number} random
 */
function finish(toys, random) {
  const side = random() < 0.5 ? -0.6 : 0.6;
  const light = [side, -0.6, -0.53];
  /** @param {Toy} toy */
  const foot = ({ pose }) => pose.y + 0.9 * pose.size;
  const boxes = [...toys]
    .sort((a, b) => foot(a) - foot(b))
    .flatMap((toy) => {
      drawShadow(toy.pose, side);
      const box = drawToy(canvas, toy.balls, toy.pose, light);
      return toy.isThing && box[2] - box[0] > LEAST_SEEN ? [box] : [];
    });
  return {
    pixels: takePicture(random),
    width: STORED_SIDE,
    height: STORED_SIDE,
    labels: {
      classes: boxes.map(() => 0),
      boxes: Float32Array.from(boxes.flat()),
      difficult: boxes.map(() => false),
    },
    ready: true,
  };
}

/**
 * Darken the ground under a toy, softly.
 *
 * @param {Pose} pose
 * @param {number} side from which the light comes
 */
function drawShadow({ x, y, size }, side) {
  const [cx, cy] = [x - 0.35 * side * size, y + 0.8 * size];
  const { color, side: n } = canvas;
  for (let j = 0; j < n; j++) {
    const v = ((j + 0.5) / n - cy) / (0.6 * size);
    if (v * v > 1) continue;
    for (let i = 0; i < n; i++) {
      const u = ((i + 0.5) / n - cx) / (1.5 * size);
      const inner = 1 - u * u - v * v;
      if (inner < 0) continue;
      const light = 1 - 0.6 * inner * inner;
      for (let c = 0; c < 3; c++) color[3 * (j * n + i) + c] *= light;
    }
  }
}

/**
 * Take the picture: halve the canvas, in some light.
 *
 * @param {() => number} random
 */
function takePicture(random) {
  const { color, side: n } = canvas;
  const { values } = halved;
  for (let to = 0; to < values.length; to++) {
    const c = to % 3;
    const x = ((to - c) / 3) % STORED_SIDE;
    const y = Math.floor(to / 3 / STORED_SIDE);
    const k = 3 * SAMPLES * (y * n + x) + c;
    const low = k + 3 * n;
    const sum = color[k] + color[k + 3] + color[low] + color[low + 3];
    values[to] = (255 / 4) * sum;
  }
  const pixels = new Uint8ClampedArray(values.length);
  develop(halved, pixels, random, anyLight(random));
  return pixels;
}
