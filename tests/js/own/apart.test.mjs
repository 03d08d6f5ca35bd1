// Pictures that come in: none twice, and no name twice.
import assert from "node:assert/strict";
import test from "node:test";

import {
  nameApart,
  withoutSame,
} from "../../../d2l_ssd/widgets/static/own/apart.js";
import { makePage, picture } from "./page.mjs";

const named = (...names) => names.map((name) => ({ ...picture(name), name }));
const pixels = (one, value) => ({ ...one, pixels: new Uint8Array([value]) });

test("a name that is taken gets a number", () => {
  const fresh = named("a.jpg", "b.c.jpg", "a.jpg", "b.c.jpg", "camera-1");
  nameApart(named("a.jpg", "camera-1", "camera-1 (2)"), fresh);
  assert.deepEqual(
    fresh.map(({ name }) => name),
    ["a (2).jpg", "b.c.jpg", "a (3).jpg", "b.c (2).jpg", "camera-1 (3)"],
  );
});

test("pictures that are added have names of their own", () => {
  const { actions, state } = makePage(named("thing.jpg"));
  actions.add(named("thing.jpg"));
  assert.deepEqual(
    state.pictures.map(({ name }) => name),
    ["thing.jpg", "thing (2).jpg"],
  );
});

test("the same picture does not come twice", () => {
  const [a, b, c] = named("a", "b", "c");
  const fresh = withoutSame([pixels(a, 1)], [pixels(b, 1), pixels(c, 2)]);
  assert.deepEqual(
    fresh.map(({ id }) => id),
    ["c"],
  );
});
