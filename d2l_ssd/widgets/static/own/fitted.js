/** Pictures of any shape in the middle of a stage. */

/** @typedef {import("../lib/canvas.js").Stage} Stage */
/** @typedef {import("./sources.js").Drawable} Drawable */
/** @typedef {ReturnType<typeof drawFitted>} Fitted */

/**
 * Draw a picture as large as it can be; what is drawn next has its upper left corner
 * as its origin.
 *
 * @param {Stage} stage
 * @param {Drawable} picture
 */
export function drawFitted(stage, { image, width, height }) {
  const context = stage.begin();
  const scale = Math.min(stage.width / width, stage.height / height);
  const size = { width: width * scale, height: height * scale };
  const left = (stage.width - size.width) / 2;
  const top = (stage.height - size.height) / 2;
  context.translate(left, top);
  context.drawImage(image, 0, 0, size.width, size.height);
  return { context, size, left, top };
}
