import assert from "node:assert/strict";
import test from "node:test";

import {
  sayFull,
  sayRefused,
} from "../../../d2l_ssd/widgets/static/own/problems.js";

/** Files of one reason, a.x, b.x, … */
function files(reason, count) {
  return Array.from({ length: count }, (_, k) => {
    return { name: `${String.fromCharCode(97 + k)}.x`, reason };
  });
}

test("nothing refused, nothing said", () => {
  assert.deepEqual(sayRefused([]), []);
});

test("one sentence for each reason, whatever the order", () => {
  const [a, b] = files("heic", 2);
  const said = sayRefused([a, ...files("empty", 1), b]);
  assert.equal(said.length, 2);
  assert.match(said[0], /HEIC.*a\.x, b\.x.*JPEG/);
  assert.match(said[1], /a\.x/);
});

test("a hundred files are named by the first three", () => {
  const [said] = sayRefused(files("damaged", 100));
  assert.match(said, /a\.x, b\.x, c\.x and 97 more/);
  assert.doesNotMatch(said, /d\.x/);
});

test("one file is not some", () => {
  assert.match(sayRefused(files("other", 1))[0], /^This file is not a picture/);
  assert.match(sayRefused(files("other", 2))[0], /^These files are not/);
});

test("three files are all named", () => {
  assert.match(sayRefused(files("other", 3))[0], /\(a\.x, b\.x, c\.x\)/);
});

for (const reason of ["heic", "tiff", "video", "empty", "other", "gone"]) {
  test(`${reason}: a sentence that names the file`, () => {
    const [said] = sayRefused(files(reason, 1));
    assert.match(said, /^[A-Z].*a\.x.*\.$/);
  });
}

test("files without room are counted", () => {
  assert.match(sayFull(40, 100, 60), /last 40 of 100 files.*60 more pictures/);
  assert.match(sayFull(2, 3, 1), /one more picture\./);
  assert.match(sayFull(3, 3, 0), /no room/);
});
