// From a drawn scene to what a camera makes of it: light, blur, noise, JPEG.
import { STORED_SIDE } from "../../../../d2l_ssd/widgets/static/own_engine/pyramid.js";

const BLOCK = 8;
const CELLS = BLOCK * BLOCK;

/** The cosines of JPEG: row f is a wave. */
const WAVES = Float32Array.from({ length: CELLS }, (_, k) => {
  const [f, x] = [Math.floor(k / BLOCK), k % BLOCK];
  const size = Math.sqrt((f ? 2 : 1) / BLOCK);
  return size * Math.cos((Math.PI * f * (x + 0.5)) / BLOCK);
});
const BACK = WAVES.map(
  (_, k) => WAVES[(k % BLOCK) * BLOCK + ((k / BLOCK) | 0)],
);

/** Halve the canvas: a pixel is the mean of four samples. */
function halve({ color, side }) {
  const out = new Float32Array(3 * STORED_SIDE * STORED_SIDE);
  for (let y = 0, to = 0; y < STORED_SIDE; y++) {
    for (let x = 0; x < STORED_SIDE; x++) {
      const at = 3 * (2 * y * side + 2 * x);
      for (let k = at; k < at + 3; k++, to++)
        out[to] =
          (color[k] +
            color[k + 3] +
            color[k + 3 * side] +
            color[k + 3 * side + 3]) /
          4;
    }
  }
  return out;
}

/** Smear a picture along a line, in pixels: motion; a point twice, across: focus. */
function smear(pixels, dx, dy) {
  const steps = Math.ceil(Math.hypot(dx, dy));
  if (!steps) return pixels;
  const n = STORED_SIDE;
  const out = new Float32Array(pixels.length);
  const clip = (at) => Math.min(n - 1, Math.max(0, at));
  for (let k = 0; k <= steps; k++) {
    const share = k / steps - 0.5;
    const [ox, oy] = [Math.round(dx * share), Math.round(dy * share)];
    for (let y = 0, to = 0; y < n; y++) {
      const row = n * clip(y + oy);
      for (let x = 0; x < n; x++, to += 3) {
        const from = 3 * (row + clip(x + ox));
        out[to] += pixels[from] / (steps + 1);
        out[to + 1] += pixels[from + 1] / (steps + 1);
        out[to + 2] += pixels[from + 2] / (steps + 1);
      }
    }
  }
  return out;
}

/**
 * Take the picture.
 *
 * @param {object} canvas of twice STORED_SIDE samples
 * @param {object} look
 * @param {number[]} look.gains of red, green, blue
 * @param {number} look.contrast
 * @param {number[]} look.slope of the light, to the right and down
 * @param {number[]} look.motion in pixels, right and down
 * @param {number} look.defocus in pixels
 * @param {number} look.noise its standard deviation
 * @param {number} look.quality step of JPEG's brightness, of 255; 0 for none
 * @param {() => number} random of the noise
 */
export function develop(canvas, look, random) {
  let pixels = smear(halve(canvas), ...look.motion);
  if (look.defocus) {
    pixels = smear(pixels, look.defocus, 0);
    pixels = smear(pixels, 0, look.defocus);
  }
  const out = new Uint8ClampedArray(pixels.length);
  const { contrast, slope, gains } = look;
  for (let y = 0, k = 0; y < STORED_SIDE; y++) {
    for (let x = 0; x < STORED_SIDE; x++) {
      const u = x / STORED_SIDE - 0.5;
      const v = y / STORED_SIDE - 0.5;
      const light = 1 + slope[0] * u + slope[1] * v;
      for (let c = 0; c < 3; c++, k++) {
        const value = (pixels[k] - 0.5) * contrast + 0.5;
        const noise = look.noise * 2.45 * (random() + random() - 1);
        out[k] = 255 * (value * gains[c] * light + noise);
      }
    }
  }
  if (look.quality) compress(out, look.quality);
  return out;
}

const block = new Float32Array(CELLS);
const other = new Float32Array(CELLS);

/** Quantize the cosine coefficients of each block, as JPEG does. */
function compress(pixels, step) {
  const n = STORED_SIDE;
  for (let top = 0; top < n; top += BLOCK) {
    for (let left = 0; left < n; left += BLOCK) {
      for (let c = 0; c < 3; c++) {
        const start = 3 * (top * n + left) + c;
        for (let k = 0; k < CELLS; k++)
          block[k] = pixels[start + 3 * ((k >> 3) * n + (k & 7))];
        quantize(step);
        for (let k = 0; k < CELLS; k++)
          pixels[start + 3 * ((k >> 3) * n + (k & 7))] = block[k];
      }
    }
  }
}

function quantize(step) {
  transform(block, other, WAVES);
  transform(other, block, WAVES);
  for (let k = 0; k < CELLS; k++) {
    const size = step * (1 + 0.6 * ((k >> 3) + (k & 7)));
    block[k] = Math.round(block[k] / size) * size;
  }
  transform(block, other, BACK);
  transform(other, block, BACK);
}

/** Transform the columns into rows: twice is both ways. */
function transform(from, to, waves) {
  for (let i = 0; i < BLOCK; i++) {
    for (let f = 0; f < BLOCK; f++) {
      let sum = 0;
      for (let k = 0; k < BLOCK; k++)
        sum += from[k * BLOCK + i] * waves[f * BLOCK + k];
      to[i * BLOCK + f] = sum;
    }
  }
}
