/** All pictures as a folder that programs for training take, in a zip file. */

import { download } from "../playground/files.js";
import { cocoFolder, yoloFolder } from "./folders.js";
import { keepSomeBack } from "./kept_back.js";
import { fileName } from "./file_name.js";
import { readyPictures } from "./state.js";
import { makeZip } from "./zip.js";

/** @typedef {keyof typeof FOLDERS} Format */

/** The formats that there are: each has a button. */
const FOLDERS = { YOLO: yoloFolder, COCO: cocoFolder };
export const FORMATS = /** @type {Format[]} */ (Object.keys(FOLDERS));

/**
 * @param {import("./actions.js").Context} context
 * @param {Format} format
 */
export async function savePictures(context, format) {
  const { state, say } = context;
  const { pictures, classes } = state;
  keepSomeBack(context); // a split, also for who has not taught yet
  try {
    const entries = await FOLDERS[format](pictures, classes);
    download(
      makeZip(entries),
      fileName(classes, `-${format.toLowerCase()}.zip`),
    );
  } catch (error) {
    return say(/** @type {Error} */ (error).message);
  }
  const left = pictures.length - readyPictures(state).length;
  if (left) say(`Pictures without boxes are not in the file (${left}).`);
}
