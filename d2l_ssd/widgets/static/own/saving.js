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
  if (!readyPictures(state).length) {
    return say(
      "Only pictures whose boxes are drawn are saved: draw one first.",
    );
  }
  const entries = await FOLDERS[format](state.pictures, state.classes);
  download(makeZip(entries), `${state.classes.join("_")}-${format}.zip`);
}
