/** A strip of the last frames that were watched, as a PNG file. */

import { element } from "../lib/dom.js";
import { download } from "../playground/files.js";

const EVERY_MS = 500;
const FRAMES = 6;
const HEIGHT = 240; // pixels of a frame
const GAP = 4;

/** @param {HTMLCanvasElement} stage */
export function makeStrip(stage) {
  /** @type {HTMLCanvasElement[]} the oldest first */
  const frames = [];
  let at = -Infinity;
  return {
    /**
     * Remember what the stage shows, now and then.
     *
     * @param {import("./fitted.js").Fitted} place of the picture on it
     */
    take({ left, top, size }) {
      const now = performance.now();
      if (now - at < EVERY_MS) return;
      at = now;
      const canvas =
        frames.length < FRAMES ? element("canvas") : frames.shift();
      if (!canvas) return;
      const width = Math.round((HEIGHT * size.width) / size.height);
      Object.assign(canvas, { width, height: HEIGHT });
      const [x, y, w, h] = [left, top, size.width, size.height].map(
        (value) => (value * stage.width) / stage.clientWidth, // screen's pixels
      );
      canvas
        .getContext("2d")
        ?.drawImage(stage, x, y, w, h, 0, 0, width, HEIGHT);
      frames.push(canvas);
    },
    save() {
      if (!frames.length) return;
      const width = frames.reduce((sum, one) => sum + one.width + GAP, -GAP);
      const canvas = element("canvas", { width, height: HEIGHT });
      const context = canvas.getContext("2d");
      let left = 0;
      for (const frame of frames) {
        context?.drawImage(frame, left, 0);
        left += frame.width + GAP;
      }
      canvas.toBlob((blob) => blob && download(blob, "found.png"));
    },
  };
}
