// Sequences of pictures to measure on: one thing in drawn places, beside things
// that are like it, in changing light.
//
//   node tests/js/own_engine/sequences.mjs packet 1 120 FILE.y4m
import { pathToFileURL } from "node:url";

import {
  keyOf,
  makeRandom,
  randomAt,
} from "../../../d2l_ssd/widgets/static/engine/random.js";
import { STORED_SIDE } from "../../../d2l_ssd/widgets/static/own_engine/pyramid.js";
import { makeCanvas } from "../../../d2l_ssd/widgets/static/own_engine/toys.js";
import { develop } from "./drawn/develop.mjs";
import { drawMesh, sizeFor } from "./drawn/mesh.mjs";
import { drawPhotograph } from "./drawn/photographs.mjs";
import { hsv, makeDecoy, makeThing } from "./drawn/things.mjs";
import { writeY4m } from "./drawn/y4m.mjs";

export { writeY4m };

/**
 * @typedef {object} Options
 * @property {number[]} things their numbers; each is a class
 * @property {number[]} rooms numbers of the drawn places
 * @property {number[]} decoys numbers of what is like the thing
 * @property {number} without every so many'th picture (of a film: shot) has no thing
 * @property {[number, number]} side of the thing: √ of its box's area, in pictures
 * @property {[number, number]} yaw in degrees
 * @property {[number, number]} pitch
 * @property {[number, number]} roll
 * @property {number} spread of places: 1 is everywhere, 0 the middle
 * @property {number} light how much it changes: 1 is as usual
 * @property {number} blur share of blurred pictures
 * @property {number} front share of things that something covers in part
 * @property {boolean} video whether pictures follow one another smoothly
 */

/** @type {Options} */
const USUAL = {
  things: [0],
  rooms: [0, 1, 2],
  decoys: [0, 1, 2, 3, 4, 5],
  without: 5,
  side: [0.15, 0.6],
  yaw: [-50, 50],
  pitch: [-10, 30],
  roll: [-30, 30],
  spread: 1,
  light: 1,
  blur: 0.35,
  front: 0.35,
  video: false,
};

/** What the kinds have that is not usual. */
const KINDS = {
  packet: {},
  mug: { yaw: [-180, 180], roll: [-20, 20], pitch: [5, 45] },
  small: { side: [0.06, 0.15] },
  pen: { yaw: [-180, 180], roll: [-90, 90], side: [0.06, 0.2] },
};

const STREAMS = { smooth: 31, sudden: 32, noise: 33 };
const FRAMES_PER_SHOT = 40;
const canvas = makeCanvas(2 * STORED_SIDE);

/**
 * Make a sequence.
 *
 * @param {"packet" | "mug" | "small" | "pen"} kind
 * @param {number} seed
 * @param {number} count
 * @param {Partial<Options>} [options]
 */
export function makeSequence(kind, seed, count, options = {}) {
  const all = { ...USUAL, ...KINDS[kind], ...options };
  const solid = kind === "small" ? "packet" : kind;
  const cast = {
    things: all.things.map((number) => makeThing(solid, number)),
    decoys: all.decoys.map((n) => makeDecoy(solid, n, all.things[0])),
  };
  return Array.from({ length: count }, (_, n) => ({
    ...drawPicture(cast, all, seed, n),
    id: `${kind}-${seed}-${n}`,
    name: `${kind}-${n + 1}`,
    width: STORED_SIDE,
    height: STORED_SIDE,
    keptBack: false,
    ready: true,
  }));
}

/**
 * The random numbers of a picture, by name: `sudden` ones are a shot's; `smooth`
 * ones go to and fro in it. Of single pictures, each has its own.
 */
function numbersOf(seed, n, video) {
  const shot = video ? Math.floor(n / FRAMES_PER_SHOT) : n;
  const [smoothKey, suddenKey] = [STREAMS.smooth, STREAMS.sudden].map(
    (stream) => keyOf(seed, stream, shot),
  );
  const swing = (k) => {
    const speed = 0.03 + 0.09 * randomAt(suddenKey, 500 + k);
    return 0.5 + 0.5 * Math.sin(n * speed + 7 * randomAt(smoothKey, k));
  };
  return {
    shot,
    smooth: video ? swing : (k) => randomAt(smoothKey, k),
    sudden: (k) => randomAt(suddenKey, k),
    noise: makeRandom(keyOf(seed, STREAMS.noise, n)),
  };
}

const between = ([low, high], share) => low + share * (high - low);

function drawPicture({ things, decoys }, options, seed, n) {
  const numbers = numbersOf(seed, n, options.video);
  const { shot, smooth, sudden } = numbers;
  const { rooms, without, video } = options;
  const room =
    rooms[video ? shot % rooms.length : Math.floor(sudden(0) * rooms.length)];
  drawPhotograph(canvas, room, [smooth(1), smooth(2), 0.55 + 0.4 * sudden(3)]);
  const light = unit([sudden(4) - 0.5, -0.3 - sudden(5), -0.8]);
  const seen =
    shot % without === without - 1 ? [] : chooseThings(things, sudden);
  const others = 1 + Math.floor(3 * sudden(6));
  for (let k = 0; k < others; k++) {
    const decoy = decoys[Math.floor(sudden(10 + k) * decoys.length)];
    drawMesh(
      canvas,
      decoy,
      poseOf(decoy, options, numbers, 100 + 10 * k),
      light,
    );
  }
  const found = seen.map((thing) => {
    const place = 200 + 10 * thing;
    const pose = poseOf(things[thing], options, numbers, place);
    const box = drawMesh(canvas, things[thing], pose, light);
    if (sudden(place + 8) < options.front) drawFront(box, numbers, place);
    return { thing, box };
  });
  const pixels = develop(canvas, lookOf(options, numbers), numbers.noise);
  return { pixels, labels: labelsOf(found) };
}

/** One thing is in every picture that has any; of several, each in 6 of 10. */
function chooseThings(things, sudden) {
  if (things.length === 1) return [0];
  const seen = [...things.keys()].filter((k) => sudden(50 + k) < 0.6);
  return seen.length ? seen : [Math.floor(sudden(60) * things.length)];
}

const radians = (degrees) => (degrees * Math.PI) / 180;

/** A pose in which most of the thing is in the picture. */
function poseOf(
  { mesh },
  { side, yaw, pitch, roll, spread },
  { smooth },
  place,
) {
  const turn = {
    yaw: radians(between(yaw, smooth(place))),
    pitch: radians(between(pitch, smooth(place + 1))),
    roll: radians(between(roll, smooth(place + 2))),
  };
  const wanted = side[0] * (side[1] / side[0]) ** smooth(place + 3);
  const { size, width, height } = sizeFor(mesh, turn, wanted);
  // At an edge, up to a seventh of it is out of the picture
  const [x, y] = [width, height].map((length, k) => {
    const room = Math.max(0, 1 - 0.72 * length * size);
    return 0.5 + spread * room * (smooth(place + 4 + k) - 0.5);
  });
  return { ...turn, size, x, y };
}

/** Hold something before the thing: a rectangle or a round, a third of its sides. */
function drawFront([left, top, right, bottom], { smooth, sudden }, place) {
  const color = hsv(
    sudden(place + 20),
    0.6 * sudden(place + 21),
    0.2 + 0.7 * sudden(place + 22),
  );
  const [a, b] = [23, 24].map((k) => 0.1 + 0.15 * sudden(place + k));
  const [rx, ry] = [a * (right - left), b * (bottom - top)];
  const x = between([left, right], smooth(place + 25));
  const y = between([top, bottom], smooth(place + 26));
  const isRound = sudden(place + 27) < 0.5;
  const { side } = canvas;
  for (let j = 0; j < side; j++) {
    const v = ((j + 0.5) / side - y) / ry;
    if (Math.abs(v) > 1) continue;
    for (let i = 0; i < side; i++) {
      const u = ((i + 0.5) / side - x) / rx;
      const out = isRound ? u * u + v * v : Math.abs(u);
      if (out < 1) canvas.color.set(color, 3 * (j * side + i));
    }
  }
}

/** What light and camera do. */
function lookOf({ light, blur, video }, { smooth, sudden }) {
  const gain = Math.exp(light * 0.7 * (smooth(70) - 0.5));
  const blurred = (video ? smooth(71) : sudden(71)) < blur;
  const moves = blurred && sudden(72) < 0.6;
  const [angle, length] = [
    2 * Math.PI * sudden(73),
    moves ? 2 + 6 * sudden(74) : 0,
  ];
  return {
    gains: [0, 1, 2].map(
      (c) => gain * Math.exp(light * 0.2 * (sudden(75 + c) - 0.5)),
    ),
    contrast: Math.exp(light * 0.5 * (sudden(78) - 0.5)),
    slope: [79, 80].map((k) => light * 0.5 * (sudden(k) - 0.5)),
    motion: [length * Math.cos(angle), length * Math.sin(angle)],
    defocus: blurred && !moves ? 1 + 3 * sudden(81) : 0,
    noise: 0.025 * sudden(82),
    quality: 4 + 12 * sudden(83),
  };
}

function unit(vector) {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

function labelsOf(found) {
  return {
    classes: found.map(({ thing }) => thing),
    boxes: Float32Array.from(found.flatMap(({ box }) => box)),
    difficult: found.map(() => false),
  };
}

const isCommand =
  process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href;
if (isCommand) {
  const [kind, seed, count, file] = process.argv.slice(2);
  const frames = makeSequence(kind, Number(seed), Number(count), {
    video: true,
  });
  writeY4m(file, frames);
}
