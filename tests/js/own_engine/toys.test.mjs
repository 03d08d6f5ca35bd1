import assert from "node:assert/strict";
import test from "node:test";

import { drawRoom } from "../../../d2l_ssd/widgets/static/own_engine/rooms.js";
import {
  drawToy,
  makeCanvas,
} from "../../../d2l_ssd/widgets/static/own_engine/toys.js";
import { assertClose } from "../helpers.mjs";

const SIDE = 80;
const LIGHT = [0, 0, -1]; // from where we stand
const WHITE = 0xffffff;
const FRONT = { x: 0.5, y: 0.5, size: 0.2, yaw: 0, pitch: 0, roll: 0 };

/** Draw balls, and say which samples were painted. */
function draw(balls, pose = {}) {
  const canvas = makeCanvas(SIDE);
  const box = drawToy(canvas, balls, { ...FRONT, ...pose }, LIGHT);
  const at = (x, y) => {
    const k = Math.floor(y * SIDE) * SIDE + Math.floor(x * SIDE);
    return [...canvas.color.subarray(3 * k, 3 * k + 3)];
  };
  return { box, at };
}

test("a ball is round, fills its box, and is lighter toward the light", () => {
  const { box, at } = draw([[0, 0, 0, 1, 1, 1, WHITE]]);
  assertClose(box, [0.3, 0.3, 0.7, 0.7], 1 / SIDE);
  assert.ok(at(0.5, 0.5)[0] > at(0.68, 0.5)[0]);
  assert.ok(at(0.68, 0.5)[0] > 0);
  assert.equal(at(0.32, 0.32)[0], 0); // a corner of the box
  assert.equal(at(0.72, 0.5)[0], 0);
});

test("up is up, and the toy turns to us", () => {
  const long = [[0, 0, 0, 1, 0.5, 0.25, WHITE]];
  assertClose(draw(long).box, [0.3, 0.4, 0.7, 0.6], 1 / SIDE);
  const turned = draw(long, { yaw: Math.PI / 2 }).box;
  assertClose(turned, [0.45, 0.4, 0.55, 0.6], 1 / SIDE);
  const fromAbove = draw(long, { pitch: Math.PI / 2 }).box;
  assertClose(fromAbove, [0.3, 0.45, 0.7, 0.55], 1 / SIDE);
  const rolled = draw(long, { roll: Math.PI / 2 }).box;
  assertClose(rolled, [0.4, 0.3, 0.6, 0.7], 1 / SIDE);
  const high = draw([[0, 1, 0, 0.5, 0.5, 0.5, WHITE]]).box;
  assertClose(high, [0.4, 0.2, 0.6, 0.4], 1 / SIDE);
});

test("what is nearer hides what is behind, in any order", () => {
  const [red, green] = [0xff0000, 0x00ff00];
  const front = [1, 0, 0, 0.5, 0.5, 0.5, red];
  const back = [-1, 0, 0, 0.5, 0.5, 0.5, green];
  for (const balls of [
    [front, back],
    [back, front],
  ]) {
    const facing = draw(balls, { yaw: Math.PI / 2 }).at(0.5, 0.48);
    assert.ok(facing[0] > facing[1], "the front faces us");
    const away = draw(balls, { yaw: -Math.PI / 2 }).at(0.5, 0.48);
    assert.ok(away[1] > away[0], "the back faces us");
  }
});

test("a ball beside the middle has its mirror image", () => {
  const { box } = draw([[0, 0, 1, 0.5, 0.5, 0.5, WHITE]], {
    yaw: Math.PI / 2,
  });
  assertClose(box, [0.2, 0.4, 0.8, 0.6], 1 / SIDE);
});

test("the box ends at the picture's edges", () => {
  const { box } = draw([[0, 0, 0, 1, 1, 1, WHITE]], { x: 0.05, y: 0.95 });
  assertClose(box, [0, 0.75, 0.25, 1], 1 / SIDE);
});

test("rooms are the same again, differ, and have a floor under the wall", () => {
  const rooms = [1, 1, 2].map((key) => {
    const canvas = makeCanvas(SIDE);
    drawRoom(canvas, key, 0.5);
    return canvas.color;
  });
  assert.deepEqual(rooms[0], rooms[1]);
  assert.notDeepEqual(rooms[0], rooms[2]);
  const mean = (from, to) => {
    const part = rooms[0].subarray(from * 3 * SIDE, to * 3 * SIDE);
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  };
  const step = Math.abs(mean(38, 40) - mean(40, 42));
  assert.ok(step > 3 * Math.abs(mean(34, 36) - mean(36, 38)), `${step}`);
});
