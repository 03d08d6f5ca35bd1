// What can be watched.
import assert from "node:assert/strict";
import test from "node:test";

import { openPictures } from "../../../d2l_ssd/widgets/static/own/sources.js";
import { picture } from "./page.mjs";

test("pictures are watched one after the other, and let go at the end", async () => {
  let open = 0;
  const source = await openPictures([picture("a"), picture("b")], async () => {
    open += 1;
    return { image: { close: () => void open-- }, width: 4, height: 3 };
  });
  assert.equal(source.turn(1), "Picture 2 of 2: b");
  assert.equal(source.turn(1), "Picture 1 of 2: a");
  assert.equal(open, 2);
  source.close();
  assert.equal(open, 0);
});
