// Names of the files that the page writes.
import assert from "node:assert/strict";
import test from "node:test";

import { fileName } from "../../../d2l_ssd/widgets/static/own/file_name.js";

for (const [classes, expected] of [
  [["rubber duck"], "rubber_duck"],
  [["mug", "pen"], "mug_pen"],
  [["Ärmel 東京"], "Ärmel_東京"],
  [["a/b; $(rm) 'c'"], "a_b_rm_c"],
  [["-rf"], "rf"],
  [["??"], "thing"],
  [["x".repeat(99)], "x".repeat(60)],
]) {
  test(`the file of ${classes}`, () => {
    assert.equal(fileName(classes, "-yolo.zip"), `${expected}-yolo.zip`);
  });
}
