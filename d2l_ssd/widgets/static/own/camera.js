/** The camera, or a video that stands in for it: frames, and pictures to keep. */

import { element } from "../lib/dom.js";
import { makeKeptPicture, squeeze } from "./pixels.js";

/** @typedef {import("./pixels.js").KeptPicture} KeptPicture */

/**
 * @typedef {object} Camera
 * @property {() => void} close
 * @property {(side: number) => Uint8ClampedArray | null} frame what it sees now,
 *   (side, side, 3) RGB; null before it sees anything
 * @property {(name?: string) => Promise<KeptPicture & { blob: Blob }>} shoot
 */

const WANTED = {
  audio: false,
  video: {
    facingMode: { ideal: "environment" }, // a phone's back camera
    width: { ideal: 640 }, // far more than the network sees
    height: { ideal: 480 },
  },
};

/** @type {Record<string, string>} */
const SENTENCES = {
  NotAllowedError:
    "The browser did not allow the camera: allow it, often by an icon beside the " +
    "page's address, and try again; or choose pictures.",
  NotFoundError:
    "No camera was found: connect one and try again, or choose pictures.",
  insecure:
    "Browsers allow cameras only on https:// pages and on pages of this device: " +
    "choose pictures instead.",
};
const BUSY =
  "The camera did not start. Another program may be using it: close that program " +
  "and try again, or choose pictures.";
const LOST = "The camera was disconnected: connect it and start it again.";
const BLANK = "The camera shows nothing: try another one, or choose pictures.";
const NO_VIDEO = "The browser cannot play this video: try MP4 (H.264) or WebM.";

/**
 * Start the camera; the browser asks the reader.
 *
 * @param {HTMLVideoElement} video shows what the camera sees
 * @param {(sentence: string) => void} [lost] called when the camera is pulled out
 * @returns {Promise<Camera>}
 * @throws {Error} with a sentence
 */
export async function openCamera(video, lost = () => {}) {
  const stream = await askForCamera();
  const tracks = stream.getTracks();
  const close = () => {
    for (const track of tracks) track.stop();
    if (video.srcObject === stream) video.srcObject = null;
  };
  video.srcObject = stream;
  try {
    await play(video);
  } catch {
    close();
    throw new Error(BLANK);
  }
  // Ended by `close`, a track says nothing
  tracks[0].onended = () => {
    close();
    lost(LOST);
  };
  return { ...readFrames(video), close };
}

async function askForCamera() {
  // An insecure page has no `mediaDevices`, whatever the types say
  if (!navigator.mediaDevices) throw new Error(SENTENCES.insecure);
  try {
    return await navigator.mediaDevices.getUserMedia(WANTED);
  } catch (error) {
    const { name } = /** @type {DOMException} */ (error);
    throw new Error(SENTENCES[name] ?? BUSY);
  }
}

/**
 * Play a video file again and again, as if it were a camera.
 *
 * @param {HTMLVideoElement} video
 * @param {Blob} file
 * @returns {Promise<Camera>}
 * @throws {Error} with a sentence
 */
export async function openVideo(video, file) {
  const address = URL.createObjectURL(file);
  const close = () => {
    if (video.src === address) {
      video.pause();
      video.removeAttribute("src");
      video.load(); // forgets the last frame
    }
    URL.revokeObjectURL(address);
  };
  Object.assign(video, { srcObject: null, src: address, loop: true });
  try {
    await play(video);
  } catch {
    close();
    throw new Error(NO_VIDEO);
  }
  return { ...readFrames(video), close };
}

/**
 * Play without sound, in the page: else phones wait for a tap, or fill the screen.
 *
 * @param {HTMLVideoElement} video
 */
async function play(video) {
  Object.assign(video, { muted: true, playsInline: true });
  await video.play();
  if (!video.videoWidth) throw new Error("no picture"); // sound alone
}

/**
 * @param {HTMLVideoElement} video
 * @returns {Omit<Camera, "close">}
 */
function readFrames(video) {
  const canvas = element("canvas");
  const sizeNow = () => ({
    width: video.videoWidth,
    height: video.videoHeight,
  });
  const sees = () => video.readyState >= video.HAVE_CURRENT_DATA;
  return {
    frame: (side) => (sees() ? squeeze(video, sizeNow(), side, canvas) : null),
    async shoot(name = "camera") {
      if (!sees()) throw new Error(BLANK);
      return makeKeptPicture(video, sizeNow(), name);
    },
  };
}

/**
 * Let the space key take pictures wherever in a node it would do nothing else.
 *
 * @param {HTMLElement} node
 * @param {() => void} shoot
 */
export function shootOnSpace(node, shoot) {
  node.addEventListener("keydown", (event) => {
    const target = /** @type {Element} */ (event.target);
    const busy = target.closest("button, input, select, textarea, summary, a");
    if (event.key !== " " || event.repeat || busy) return;
    event.preventDefault(); // it would scroll
    shoot();
  });
}
