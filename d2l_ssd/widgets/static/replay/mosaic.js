/** The images side by side, each with its detections. */

/** @typedef {import("../lib/draw.js").Context} Context */

const GAP = 6; // pixels between images
const PHONE_WIDTH = 500; // pixels; below it there are two columns, else four

/** @param {number} width */
function columnsOf(width) {
  return width < PHONE_WIDTH ? 2 : 4;
}

/**
 * The height of so many images.
 *
 * @param {number} count
 * @returns {(width: number) => number}
 */
export function mosaicHeight(count) {
  return (width) => {
    const step = (width + GAP) / columnsOf(width);
    return Math.round(step * Math.ceil(count / columnsOf(width)) - GAP);
  };
}

/**
 * @param {import("../lib/canvas.js").Stage} stage
 * @param {HTMLImageElement[]} images
 * @param {import("../lib/theme.js").Colors} colors
 * @param {(context: Context, image: number, side: number) => void} drawOne
 */
export function drawMosaic(stage, images, colors, drawOne) {
  const context = stage.begin();
  const columns = columnsOf(stage.width);
  const step = (stage.width + GAP) / columns;
  const side = step - GAP;
  images.forEach((_, number) => {
    const [row, column] = [Math.floor(number / columns), number % columns];
    context.save();
    context.translate(column * (side + GAP), row * (side + GAP));
    context.beginPath();
    context.rect(0, 0, side, side);
    context.clip();
    context.fillStyle = colors.panel;
    context.fill();
    drawOne(context, number, side);
    context.restore();
  });
}
