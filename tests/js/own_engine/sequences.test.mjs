import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";

import { STORED_SIDE } from "../../../d2l_ssd/widgets/static/own_engine/pyramid.js";
import { makeCanvas } from "../../../d2l_ssd/widgets/static/own_engine/toys.js";
import { assertClose } from "../helpers.mjs";
import { develop } from "./drawn/develop.mjs";
import { boxMesh, drawMesh, sizeFor } from "./drawn/mesh.mjs";
import { drawPhotograph } from "./drawn/photographs.mjs";
import { makeDecoy, makeThing, plainPrint } from "./drawn/things.mjs";
import { makeSequence, writeY4m } from "./sequences.mjs";

const SIDE = 100;
const LIGHT = [0, 0, -1];
const MIDDLE = { x: 0.5, y: 0.5, yaw: 0, pitch: 0, roll: 0 };
const PLAIN = {
  gains: [1, 1, 1],
  contrast: 1,
  slope: [0, 0],
  motion: [0, 0],
  defocus: 0,
  noise: 0,
  quality: 0,
};

const isWith = ({ labels }) => labels.classes.length > 0;

/** √ of the area of a picture's first box. */
function sideOf({ labels: { boxes } }) {
  return Math.sqrt((boxes[2] - boxes[0]) * (boxes[3] - boxes[1]));
}

test("a sequence is the same again, and other seeds and rooms are others", () => {
  const pictures = makeSequence("packet", 3, 2);
  assert.deepEqual(makeSequence("packet", 3, 2), pictures);
  const others = [
    makeSequence("packet", 4, 1)[0],
    makeSequence("packet", 3, 1, { rooms: [7] })[0],
    makeSequence("packet", 3, 1, { things: [1] })[0],
  ];
  for (const { pixels } of others) {
    assert.notDeepEqual(pixels, pictures[0].pixels);
  }
  assert.deepEqual(others[1].labels, pictures[0].labels);
});

test("some pictures are without the thing", () => {
  const training = makeSequence("mug", 1, 25);
  assert.equal(training.filter(isWith).length, 20);
  const measured = makeSequence("mug", 2, 12, { without: 6 });
  assert.equal(measured.filter(isWith).length, 10);
});

test("things have the sizes that are asked for", () => {
  const sides = makeSequence("small", 1, 15).filter(isWith).map(sideOf);
  assert.ok(Math.min(...sides) > 0.045 && Math.max(...sides) < 0.16);
  const alike = makeSequence("packet", 1, 5, { side: [0.4, 0.4], spread: 0 });
  assertClose(alike.filter(isWith).map(sideOf), [0.4, 0.4, 0.4, 0.4], 0.01);
});

test("of several things, each is a class", () => {
  const pictures = makeSequence("packet", 1, 12, { things: [0, 1, 2] });
  const classes = pictures.flatMap(({ labels }) => labels.classes);
  assert.deepEqual([...new Set(classes)].sort(), [0, 1, 2]);
  const boxes = pictures.flatMap(({ labels }) => [...labels.boxes]);
  assert.equal(boxes.length, 4 * classes.length);
  assert.ok(Math.min(...boxes) >= 0 && Math.max(...boxes) <= 1);
});

test("the frames of a film follow one another smoothly", () => {
  const frames = makeSequence("packet", 1, 42, { video: true, rooms: [3, 4] });
  const moved = (a, b) =>
    Math.max(...a.labels.boxes.map((v, k) => Math.abs(v - b.labels.boxes[k])));
  for (let n = 1; n < 40; n++) {
    assert.ok(moved(frames[n - 1], frames[n]) < 0.12, `frame ${n}`);
  }
  assert.ok(moved(frames[0], frames[20]) > 0.05);
  assert.notDeepEqual(frames[39].labels.boxes, frames[40].labels.boxes);
});

test("a mesh in front of us has the box that its sides have", () => {
  const canvas = makeCanvas(SIDE);
  const solid = {
    mesh: boxMesh(1, 0.5, 0.001),
    prints: { all: plainPrint([1, 1, 1]) },
  };
  const box = drawMesh(canvas, solid, { ...MIDDLE, size: 0.4 }, LIGHT);
  assertClose(box, [0.3, 0.4, 0.7, 0.6], 1.5 / SIDE);
  assert.ok(canvas.color[3 * (50 * SIDE + 50)] > 1, "lit from the front");
  const turned = { ...MIDDLE, roll: Math.PI / 2, size: 0.4 };
  const rolled = drawMesh(makeCanvas(SIDE), solid, turned, LIGHT);
  assertClose(rolled, [0.4, 0.3, 0.6, 0.7], 1.5 / SIDE);
  const { size, width } = sizeFor(solid.mesh, MIDDLE, 0.3);
  assert.ok(Math.abs(size * Math.sqrt(width * (width / 2)) - 0.3) < 1e-3);
});

test("a packet shows another print from behind", () => {
  const packet = makeThing("packet", 0);
  const [front, back] = [0, Math.PI].map((yaw) => {
    const canvas = makeCanvas(SIDE);
    drawMesh(canvas, packet, { ...MIDDLE, yaw, size: 0.5 }, LIGHT);
    return canvas.color;
  });
  const difference = front.reduce(
    (sum, v, k) => sum + Math.abs(v - back[k]),
    0,
  );
  assert.ok(difference / front.length > 0.02, `${difference / front.length}`);
});

test("decoys differ from the thing", () => {
  for (const kind of ["packet", "mug", "pen"]) {
    const thing = makeThing(kind, 0);
    for (const number of [0, 1, 2]) {
      assert.notDeepEqual(makeDecoy(kind, number, 0), thing);
      assert.deepEqual(makeDecoy(kind, number, 0), makeDecoy(kind, number, 0));
    }
  }
});

test("a photograph's part is the same again, and other numbers are others", () => {
  const [canvas, same, other] = [5, 5, 6].map((number) => {
    const made = makeCanvas(SIDE);
    drawPhotograph(made, number, [0.2, 0.8, 0.5]);
    return made.color;
  });
  assert.deepEqual(canvas, same);
  assert.notDeepEqual(canvas, other);
  const mean = canvas.reduce((sum, value) => sum + value, 0) / canvas.length;
  const square = canvas.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  assert.ok(Math.sqrt(square / canvas.length) > 0.08, "it has contrast");
});

/** A gray canvas with a white dot, as large as a pixel, in the middle. */
function dottedCanvas() {
  const canvas = makeCanvas(2 * STORED_SIDE);
  canvas.color.fill(0.5);
  for (const y of [0, 1]) {
    const from = 3 * ((STORED_SIDE + y) * canvas.side + STORED_SIDE);
    canvas.color.fill(1, from, from + 6);
  }
  return canvas;
}

/** Where a developed dot is lighter than gray: [x, y] from the middle. */
function lightPlaces(look) {
  const pixels = develop(dottedCanvas(), { ...PLAIN, ...look }, () => 0.5);
  const places = [];
  for (let p = 0; p < pixels.length / 3; p++) {
    const place = [p % STORED_SIDE, Math.floor(p / STORED_SIDE)];
    if (pixels[3 * p] > 130) places.push(place.map((v) => v - STORED_SIDE / 2));
  }
  return places;
}

test("motion smears along its way, and a lens out of focus all around", () => {
  assert.deepEqual(lightPlaces({}), [[0, 0]]);
  const moved = lightPlaces({ motion: [4, 0] });
  assert.deepEqual([...new Set(moved.map(([, y]) => y))], [0]);
  assert.equal(moved.length, 5);
  assert.ok(lightPlaces({ defocus: 2 }).length >= 9);
});

test("light, noise and JPEG change what they should", () => {
  const take = (look, random = () => 0.5) =>
    develop(dottedCanvas(), { ...PLAIN, ...look }, random);
  assert.deepEqual(
    [...take({ gains: [1, 0.5, 0] }).subarray(0, 3)],
    [128, 64, 0],
  );
  const sloped = take({ slope: [1, 0] });
  assert.ok(sloped[0] < 100 && sloped[3 * (STORED_SIDE - 1)] > 150);
  assert.ok(take({ noise: 0.1 }, () => 0.9)[0] > 130);
  const gentle = take({ quality: 0.01 });
  assertClose(gentle, take({}), 1);
  assert.notDeepEqual(take({ quality: 30 }), take({}));
});

test("a film's file has a header, and brightness and colors per frame", () => {
  const folder = mkdtempSync(join(tmpdir(), "film-"));
  const frames = [
    [128, 128, 128],
    [255, 0, 0],
  ].map((rgb) => ({
    pixels: Uint8ClampedArray.from({ length: 48 }, (_, k) => rgb[k % 3]),
  }));
  writeY4m(join(folder, "film.y4m"), frames);
  const bytes = readFileSync(join(folder, "film.y4m"));
  rmSync(folder, { recursive: true });
  const text = bytes.toString("latin1");
  assert.match(text, /^YUV4MPEG2 W4 H4 F15:1 Ip A1:1 C420jpeg\nFRAME\n/);
  const start = text.indexOf("FRAME\n") + 6;
  assert.deepEqual(
    [...bytes.subarray(start, start + 24)],
    [...Array(16).fill(126), ...Array(8).fill(128)],
  );
  const next = start + 24 + 6;
  const red = [...bytes.subarray(next, next + 24)];
  assertClose([red[0], red[16], red[20]], [82, 90, 240], 1);
  assert.equal(bytes.length, next + 24);
});
