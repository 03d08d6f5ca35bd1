/** All pictures as a folder that programs for training take, in a zip file. */

import { download } from "../playground/files.js";
import { cocoFolder, yoloFolder } from "./folders.js";
import { readyPictures } from "./state.js";
import { makeZip } from "./zip.js";

const FOLDERS = { yolo: yoloFolder, coco: cocoFolder };

/**
 * @param {import("./actions.js").Context} context
 * @param {keyof typeof FOLDERS} format
 */
export async function savePictures({ state, say }, format) {
  const { pictures, classes } = state;
  try {
    const entries = await FOLDERS[format](pictures, classes);
    download(makeZip(entries), `${classes.join("_")}-${format}.zip`);
  } catch (error) {
    return say(/** @type {Error} */ (error).message);
  }
  const left = pictures.length - readyPictures(state).length;
  if (left) say(`Pictures without boxes are not in the file (${left}).`);
}
