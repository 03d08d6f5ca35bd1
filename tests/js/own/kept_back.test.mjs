// Which pictures are kept back, and that they stay so.
import assert from "node:assert/strict";
import test from "node:test";

import { keepBack } from "../../../d2l_ssd/widgets/static/own/kept_back.js";
import { makePage, picture } from "./page.mjs";

const many = (count, boxes = () => 1, from = 1) =>
  Array.from({ length: count }, (_, k) => picture(`${from + k}`, boxes(k)));
const ids = (pictures) => pictures.map(({ id }) => Number(id));

for (const [count, expected] of [
  [0, []],
  [4, []],
  [5, [5]],
  [11, [6, 11]],
  [25, [5, 10, 15, 20, 25]],
  [60, [12, 24, 36, 48, 60]],
]) {
  test(`of ${count} ready pictures, ${expected.length} are kept back`, () => {
    const pictures = [...many(count), picture("not ready", 0, false)];
    assert.deepEqual(ids(keepBack(pictures)), expected);
    const marked = pictures.filter(({ keptBack }) => keptBack);
    assert.deepEqual(ids(marked), expected);
  });
}

test("one with the thing is among those kept back", () => {
  const pictures = many(10, (k) => ((k + 1) % 5 ? 1 : 0));
  assert.deepEqual(ids(keepBack(pictures)), [5, 9]);
});

test("the only picture with the thing is learned from", () => {
  for (const only of [2, 4]) {
    const pictures = many(5, (k) => (k === only ? 1 : 0));
    const [kept] = keepBack(pictures);
    assert.notEqual(kept.id, `${only + 1}`);
  }
});

test("those kept back stay so, and are as many as there should be", () => {
  const pictures = many(10);
  assert.deepEqual(ids(keepBack(pictures)), [5, 10]);
  pictures.unshift(...many(5, undefined, 11));
  const kept = ids(keepBack(pictures));
  assert.equal(kept.length, 3);
  assert.ok(kept.includes(5) && kept.includes(10));
  pictures.length = 6;
  assert.equal(keepBack(pictures).length, 1);
});

test("what was learned from is not kept back", () => {
  const pictures = many(25);
  const learned = new Set(pictures.slice(0, 20).map(({ id }) => id));
  assert.deepEqual(ids(keepBack(pictures, learned)), [21, 22, 23, 24, 25]);
  learned.add("25").add("24").add("23").add("22");
  for (const one of pictures) one.keptBack = false;
  assert.deepEqual(ids(keepBack(pictures, learned)), [21]);
});

test("pictures that come while it learns are kept back, too", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const page = makePage(many(3));
  const { actions, state } = page;
  actions.begin();
  page.hear({ type: "losses", count: 80, seconds: 1 });
  actions.add(many(22, undefined, 4).map((one) => ({ ...one, ready: false })));
  for (let k = 0; k < 22; k++) actions.confirm();
  t.mock.timers.tick(700);
  assert.equal(state.kept.length, 5);
  assert.ok(ids(state.kept).every((id) => id > 3));
  const { type, pictures } = page.sent[page.sent.length - 1];
  assert.equal(type, "pictures");
  assert.deepEqual(
    pictures.filter(({ keptBack }) => keptBack).map(({ id }) => id),
    state.kept.map(({ id }) => id),
  );
});

test("which are kept back is stored", () => {
  const { actions, kept } = makePage(many(10));
  actions.begin();
  assert.deepEqual(kept.map(String), ["put,5", "put,10"]);
});

test("a file of pictures has some that are kept back", async () => {
  const { actions, kept, state } = makePage(many(10, () => 0));
  await actions.savePictures("YOLO");
  assert.match(state.said, /No picture has a box/);
  assert.deepEqual(kept.map(String), ["put,5", "put,10"]);
});
