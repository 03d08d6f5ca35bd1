import assert from "node:assert/strict";
import test from "node:test";

import {
  chooseCells,
  keepCell,
} from "../../../d2l_ssd/widgets/static/lib/frame.js";
import { fire, makeModel } from "../helpers.mjs";

const canvas = {
  getBoundingClientRect: () => ({ left: 10, top: 20, width: 100, height: 50 }),
};

test("a pointer and keys choose a cell, and stay on the map", () => {
  const [target, model] = [new EventTarget(), makeModel({ row: 0, column: 0 })];
  chooseCells(model, target, canvas, () => [2, 4]);
  const cell = () => [model.get("row"), model.get("column")];
  fire(target, "pointermove", { clientX: 60, clientY: 60 });
  assert.deepEqual(cell(), [1, 2]);
  for (const key of ["ArrowDown", "ArrowRight", "ArrowRight", "ArrowUp"]) {
    fire(target, "keydown", { key });
  }
  assert.deepEqual(cell(), [0, 3]);
  assert.equal(model.saves, 5);
  keepCell(model, [2, 4], [4, 8]);
  assert.deepEqual(cell(), [1, 7]);
});
