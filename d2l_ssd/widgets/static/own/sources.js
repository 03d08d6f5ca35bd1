/** What can be watched: a moving scene, the camera, pictures, a video. */

import { drawFrame } from "../own_engine/example.js";
import { STORED_SIDE } from "../own_engine/pyramid.js";
import { makePicture } from "../playground/pictures.js";
import { openCamera, openVideo } from "./camera.js";

/** @typedef {import("./state.js").Picture} Picture */
/** @typedef {{ image: CanvasImageSource, width: number, height: number }} Drawable */

/**
 * @typedef {object} Source
 * @property {"scene" | "camera" | "video" | "pictures"} kind
 * @property {() => Drawable | null} picture of now, to be drawn
 * @property {(side: number) => Uint8ClampedArray | null} frame that the network gets
 * @property {(isPaused: boolean) => void} rest
 * @property {() => void} close
 * @property {(step: number) => string} [turn] to another picture; says to which
 * @property {import("./camera.js").Camera["shoot"]} [shoot]
 */

const FRAME_MS = 40; // of the scene
const SCENE_SEED = 2; // not that of the training pictures

/**
 * The example's thing among others, moving.
 *
 * @returns {Source}
 */
export function openScene() {
  const picture = makePicture(STORED_SIDE);
  let [number, at, isStill] = [0, -Infinity, false];
  let drawn = drawFrame(SCENE_SEED, number);
  const goOn = () => {
    const now = performance.now();
    if (isStill || now - at < FRAME_MS) return;
    drawn = drawFrame(SCENE_SEED, number++);
    at = now;
  };
  return {
    kind: "scene",
    picture() {
      goOn();
      picture.setPixels(drawn.pixels);
      return { image: picture.canvas, width: STORED_SIDE, height: STORED_SIDE };
    },
    frame: () => drawn.pixels,
    rest: (isPaused) => (isStill = isPaused),
    close() {},
  };
}

/**
 * What a video element shows: the camera, or a file.
 *
 * @param {HTMLVideoElement} video
 * @param {Blob | null} file null for the camera
 * @param {(sentence: string) => void} lost
 * @returns {Promise<Source>}
 */
export async function openMoving(video, file, lost) {
  const camera = file
    ? await openVideo(video, file)
    : await openCamera(video, lost);
  const picture = () => {
    const { videoWidth: width, videoHeight: height } = video;
    return width ? { image: video, width, height } : null;
  };
  const rest = (/** @type {boolean} */ isPaused) => {
    if (isPaused) video.pause();
    else video.play();
  };
  return { kind: file ? "video" : "camera", picture, rest, ...camera };
}

/**
 * Pictures, one after the other.
 *
 * @param {Picture[]} pictures
 * @param {(picture: Picture) => Promise<Drawable>} open
 * @returns {Promise<Source>}
 */
export async function openPictures(pictures, open = openFile) {
  const drawn = await Promise.all(pictures.map(open));
  let at = 0;
  return {
    kind: "pictures",
    picture: () => drawn[at],
    frame: () => pictures[at].pixels,
    turn(step) {
      at = (at + step + drawn.length) % drawn.length;
      return `Picture ${at + 1} of ${drawn.length}: ${pictures[at].name}`;
    },
    rest() {},
    close() {
      for (const { image } of drawn) if ("close" in image) image.close();
    },
  };
}

/** @param {Picture} picture with its file */
async function openFile({ blob, width, height }) {
  const image = await createImageBitmap(/** @type {Blob} */ (blob));
  return { image, width, height };
}
