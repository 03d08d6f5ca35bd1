// Write a zip file of pictures, as the page does:
//
//   node tests/js/own/folder_zip.mjs yolo PICTURES.json FILE.zip
//
// PICTURES.json: { classes, pictures: [{ file, name, width, height, ready,
// keptBack, rows: [[class, xmin, ymin, xmax, ymax], ...] }, ...] }
import { readFileSync, writeFileSync } from "node:fs";

import {
  cocoFolder,
  yoloFolder,
} from "../../../d2l_ssd/widgets/static/own/folders.js";
import { makeZip } from "../../../d2l_ssd/widgets/static/own/zip.js";
import { labelsOf } from "../helpers.mjs";

const [format, source, target] = process.argv.slice(2);
const { classes, pictures } = JSON.parse(readFileSync(source));
const folder = { yolo: yoloFolder, coco: cocoFolder }[format];
const entries = await folder(
  pictures.map(({ file, rows, ...picture }) => ({
    ...picture,
    labels: labelsOf(rows),
    blob: new Blob([readFileSync(file)]),
  })),
  classes,
);
const zip = await makeZip(entries).arrayBuffer();
writeFileSync(target, new Uint8Array(zip));
