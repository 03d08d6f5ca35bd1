import assert from "node:assert/strict";
import test from "node:test";

import {
  cocoFolder,
  yoloFolder,
} from "../../../d2l_ssd/widgets/static/own/folders.js";
import { storedSize } from "../../../d2l_ssd/widgets/static/own/pixels.js";
import { assertClose, labelsOf } from "../helpers.mjs";

const BOX = [0, 0.25, 0.5, 0.75, 1];

function picture(rows, properties = {}) {
  return {
    ...{ id: "1", name: "IMG 1.jpeg", width: 640, height: 480, ready: true },
    ...{ keptBack: false, labels: labelsOf(rows), blob: new Blob(["jpeg"]) },
    ...properties,
  };
}

/** The entries of a folder, by their names. */
async function filesOf(folder, pictures, classes = ["mug"]) {
  const entries = await folder(pictures, classes);
  return new Map(entries.map(({ name, data }) => [name, data]));
}

test("YOLO: a picture, its boxes, and the names", async () => {
  const files = await filesOf(yoloFolder, [picture([BOX])]);
  assert.deepEqual([...files.keys()].sort(), [
    "own_thing/README.md",
    "own_thing/data.yaml",
    "own_thing/images/train/01-IMG_1.jpg",
    "own_thing/labels/train/01-IMG_1.txt",
  ]);
  const label = files.get("own_thing/labels/train/01-IMG_1.txt");
  assert.equal(label, "0 0.5 0.75 0.5 0.5\n");
  const yaml = files.get("own_thing/data.yaml");
  assert.equal(yaml, 'train: images/train\nnames: ["mug"]\n');
});

test("pictures that are kept back are for validation", async () => {
  const pictures = [picture([BOX]), picture([BOX], { keptBack: true })];
  const yolo = await filesOf(yoloFolder, pictures);
  assert.match(yolo.get("own_thing/data.yaml"), /^val: images\/val$/m);
  assert.ok(yolo.has("own_thing/images/val/02-IMG_1.jpg"));
  const coco = await filesOf(cocoFolder, pictures);
  for (const split of ["train", "val"]) {
    const list = coco.get(`own_thing/${split}/_annotations.coco.json`);
    assert.equal(JSON.parse(list).images.length, 1);
  }
});

test("there is always something to train on", async () => {
  const files = await filesOf(yoloFolder, [picture([BOX], { keptBack: true })]);
  assert.ok(files.has("own_thing/images/train/01-IMG_1.jpg"));
  assert.doesNotMatch(files.get("own_thing/data.yaml"), /val/);
});

test("a picture without boxes has a label file without lines", async () => {
  const files = await filesOf(yoloFolder, [picture([BOX]), picture([])]);
  assert.equal(files.get("own_thing/labels/train/02-IMG_1.txt"), "");
});

test("pictures that are not ready are left out", async () => {
  const pictures = [picture([BOX]), picture([], { ready: false })];
  assert.equal((await filesOf(yoloFolder, pictures)).size, 4);
  assert.equal((await filesOf(cocoFolder, pictures)).size, 3);
});

for (const pictures of [
  [],
  [picture([])],
  [picture([BOX], { ready: false })],
]) {
  test(`${pictures.length} pictures, no box: a sentence`, async () => {
    await assert.rejects(yoloFolder(pictures, ["mug"]), /draw one first\.$/);
    await assert.rejects(cocoFolder(pictures, ["mug"]), /draw one first\.$/);
  });
}

test("COCO: pixels of the file that is written, ids from 1", async () => {
  const size = { width: 4000, height: 3000 };
  const rows = [BOX, [1, 0, 0, 1, 1]];
  const files = await filesOf(cocoFolder, [picture(rows, size)], ["a", "b"]);
  const list = files.get("own_thing/train/_annotations.coco.json");
  const { images, annotations, categories } = JSON.parse(list);
  assert.deepEqual(images, [
    { id: 1, file_name: "01-IMG_1.jpg", width: 1280, height: 960 },
  ]);
  assert.deepEqual(
    annotations.map(({ id, image_id, category_id }) => {
      return [id, image_id, category_id];
    }),
    [
      [1, 1, 1],
      [2, 1, 2],
    ],
  );
  assertClose(annotations[0].bbox, [320, 480, 640, 480]);
  assert.equal(annotations[0].area, 640 * 480);
  assert.deepEqual(categories, [
    { id: 1, name: "a" },
    { id: 2, name: "b" },
  ]);
});

test("ids of annotations differ across pictures", async () => {
  const files = await filesOf(cocoFolder, [picture([BOX]), picture([BOX])]);
  const list = files.get("own_thing/train/_annotations.coco.json");
  const { annotations } = JSON.parse(list);
  const ids = annotations.map(({ id, image_id }) => [id, image_id]);
  assert.deepEqual(ids, [
    [1, 1],
    [2, 2],
  ]);
});

test("no rounding puts a box beyond the picture", async () => {
  for (let k = 0; k < 3000; k++) {
    const low = Math.fround((k * Math.SQRT2) % 0.9);
    const files = await filesOf(yoloFolder, [picture([[0, low, low, 1, 1]])]);
    const text = files.get("own_thing/labels/train/01-IMG_1.txt");
    const [, x, , width] = text.trim().split(" ").map(Number);
    assert.equal(x + width / 2, 1);
    assert.ok(Math.abs(x - width / 2 - low) < 1e-4);
  }
});

test("names of files are plain and different, whatever the pictures'", async () => {
  const names = ["Größe ☕.JPG", "a/b\\c.png", "", "x".repeat(300)];
  const pictures = names.map((name) => picture([BOX], { name }));
  const files = [...(await filesOf(yoloFolder, pictures)).keys()];
  const images = files.filter((name) => name.includes("images/"));
  assert.equal(new Set(images).size, 4);
  for (const name of images) {
    assert.match(name, /^own_thing\/images\/train\/[\w-]{1,60}\.jpg$/);
  }
});

test("names of classes are different, and there is always one", async () => {
  const classes = ["mug", " mug ", ""];
  const files = await filesOf(yoloFolder, [picture([BOX])], classes);
  const yaml = files.get("own_thing/data.yaml");
  assert.match(yaml, /^names: \["mug","mug 2","thing 3"\]$/m);
});

test("a stored picture's longer side is at most 1280 pixels", () => {
  const sizes = [
    [10_000, 5000, 1280, 640],
    [300, 4000, 96, 1280],
    [1280, 720, 1280, 720],
    [20, 10, 20, 10],
    [60_000, 4, 1280, 1],
  ];
  for (const [width, height, wide, high] of sizes) {
    const stored = storedSize({ width, height });
    assert.deepEqual(stored, { width: wide, height: high });
  }
});
