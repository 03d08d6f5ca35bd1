/** The reader's pictures as a data set for `d2l-ssd train` and others. */

import { fileOf, storedSize } from "./pixels.js";

/** @typedef {import("./pixels.js").KeptPicture} KeptPicture */
/** @typedef {import("./zip.js").Entry} Entry */

/**
 * @typedef {object} Item a picture in the folder
 * @property {KeptPicture} picture
 * @property {string} name of its file, without .jpg
 * @property {Uint8Array} data of its file
 * @property {string} split
 */

const ROOT = "own_thing";
const TRAIN = "train";
const VAL = "val";
const LONGEST_NAME = 40;
const README = `Pictures and boxes from "Teach it your own thing".

  d2l-ssd check ${ROOT}
  d2l-ssd train ${ROOT} --out run --init imagenet
  d2l-ssd detect run PICTURES

Training takes about an hour on two processor cores, minutes on a GPU. With
--init imagenet it begins with weights that know photographs, and downloads them:
leave that out where there is no network.
`;

/**
 * Make a folder in YOLO's format of the pictures that are ready.
 *
 * @param {KeptPicture[]} pictures
 * @param {string[]} classes
 * @returns {Promise<Entry[]>}
 */
export async function yoloFolder(pictures, classes) {
  const items = await listItems(pictures);
  const lists = splitsOf(items).map((split) => `${split}: images/${split}\n`);
  const names = JSON.stringify(differentNames(classes)); // which is YAML, too
  return [
    { name: `${ROOT}/README.md`, data: README },
    { name: `${ROOT}/data.yaml`, data: `${lists.join("")}names: ${names}\n` },
    ...items.flatMap(({ picture, name, data, split }) => [
      { name: `${ROOT}/images/${split}/${name}.jpg`, data },
      { name: `${ROOT}/labels/${split}/${name}.txt`, data: yoloLines(picture) },
    ]),
  ];
}

/**
 * Make a folder in COCO's format of the pictures that are ready, as Roboflow does: a
 * folder for training pictures and one for those kept back, each with its list.
 *
 * @param {KeptPicture[]} pictures
 * @param {string[]} classes
 * @returns {Promise<Entry[]>}
 */
export async function cocoFolder(pictures, classes) {
  const items = await listItems(pictures);
  const names = differentNames(classes);
  return [
    { name: `${ROOT}/README.md`, data: README },
    ...splitsOf(items).map((split) => ({
      name: `${ROOT}/${split}/_annotations.coco.json`,
      data: cocoList(
        items.filter((item) => item.split === split),
        names,
      ),
    })),
    ...items.map(({ name, data, split }) => {
      return { name: `${ROOT}/${split}/${name}.jpg`, data };
    }),
  ];
}

/**
 * List the pictures that are ready: others would say "nothing is here".
 *
 * @param {KeptPicture[]} pictures
 * @returns {Promise<Item[]>}
 * @throws {Error} with a sentence where there are none
 */
async function listItems(pictures) {
  const ready = pictures.filter((picture) => picture.ready);
  if (!ready.some(({ labels }) => labels.classes.length)) {
    throw new Error("No picture has a box yet: draw one first.");
  }
  const learns = ready.some(({ keptBack }) => !keptBack);
  return Promise.all(
    ready.map(async (picture, k) => ({
      picture,
      name: `${String(k + 1).padStart(2, "0")}-${plainName(picture.name)}`,
      data: new Uint8Array(await (await fileOf(picture)).arrayBuffer()),
      split: picture.keptBack && learns ? VAL : TRAIN,
    })),
  );
}

/** @param {Item[]} items */
function splitsOf(items) {
  const used = new Set(items.map(({ split }) => split));
  return [TRAIN, VAL].filter((split) => used.has(split));
}

/**
 * A name that every system and every tool can read.
 *
 * @param {string} name of a file
 */
function plainName(name) {
  const stem = name.replace(/\.[^.]*$/, "");
  const plain = stem.normalize("NFKD").replace(/[^\w-]+/g, "_");
  return plain.slice(0, LONGEST_NAME);
}

/**
 * Names of classes, made different where two are the same: formats ask for that.
 *
 * @param {string[]} classes
 */
function differentNames(classes) {
  const taken = new Set();
  return classes.map((given, k) => {
    const name = given.normalize("NFC").replace(/\s+/g, " ").trim();
    const free =
      name && !taken.has(name) ? name : `${name || "thing"} ${k + 1}`;
    taken.add(free);
    return free;
  });
}

/**
 * A line for each box: class, center, width and height.
 *
 * @param {KeptPicture} picture
 */
function yoloLines(picture) {
  const lines = boxesOf(picture).map(({ label, box }) => {
    const [left, top, right, bottom] = box;
    const center = [(left + right) / 2, (top + bottom) / 2];
    return [label, ...center, right - left, bottom - top].join(" ");
  });
  return lines.map((line) => `${line}\n`).join("");
}

/**
 * COCO's three lists of a split.
 *
 * @param {Item[]} items
 * @param {string[]} names
 */
function cocoList(items, names) {
  const images = items.map(({ picture, name }, k) => {
    return { id: k + 1, file_name: `${name}.jpg`, ...storedSize(picture) };
  });
  const objects = items.flatMap(({ picture }, k) =>
    boxesOf(picture).map(({ label, box }) => {
      const { width, height } = images[k];
      const [left, top] = [box[0] * width, box[1] * height];
      const sides = [box[2] * width - left, box[3] * height - top];
      return {
        ...{ image_id: k + 1, category_id: label + 1, iscrowd: 0 },
        ...{ bbox: [left, top, ...sides], area: sides[0] * sides[1] },
      };
    }),
  );
  const annotations = objects.map((object, k) => ({ id: k + 1, ...object }));
  const categories = names.map((name, k) => ({ id: k + 1, name }));
  return JSON.stringify({ images, annotations, categories }, null, 1);
}

/**
 * A picture's boxes as they are: rounded, the center and half a width might reach
 * beyond the picture.
 *
 * @param {KeptPicture} picture
 */
function boxesOf({ labels: { classes, boxes } }) {
  return classes.map((label, k) => {
    return { label, box: [...boxes.subarray(4 * k, 4 * k + 4)] };
  });
}
