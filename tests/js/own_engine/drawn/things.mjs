// The things of the sequences: printed packets, a plain mug, a pen, and what is
// like them.
import {
  keyOf,
  makeRandom,
} from "../../../../d2l_ssd/widgets/static/engine/random.js";
import { boxMesh, handleMesh, tubeMesh } from "./mesh.mjs";

const PRINT_SIDE = 64; // texels
const LEAST_LEVEL = 4;
const STREAMS = { print: 11, colors: 12, shape: 13 };

/** Red, green, blue of a hue, a saturation and a value. */
export function hsv(hue, saturation, value) {
  return [5, 3, 1].map((n) => {
    const k = (n + hue * 6) % 6;
    return value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)));
  });
}

/** A print and its halves, finest first: the mean of four texels is one. */
function levelsOf(texels, side) {
  const levels = [{ side, texels }];
  for (let half = side / 2; half >= LEAST_LEVEL; half /= 2) {
    const { texels: fine, side: n } = levels[levels.length - 1];
    const coarse = new Float32Array(3 * half * half);
    for (let k = 0; k < coarse.length; k++) {
      const [c, x, y] = [
        k % 3,
        Math.floor(k / 3) % half,
        Math.floor(k / 3 / half),
      ];
      const from = 3 * (2 * y * n + 2 * x) + c;
      coarse[k] =
        (fine[from] +
          fine[from + 3] +
          fine[from + 3 * n] +
          fine[from + 3 * n + 3]) /
        4;
    }
    levels.push({ side: half, texels: coarse });
  }
  return levels;
}

/** A print of one color. */
export function plainPrint(color) {
  return [{ side: 1, texels: Float32Array.from(color) }];
}

/** A print that `draw` has filled with rectangles and circles. */
function makePrint(draw) {
  const n = PRINT_SIDE;
  const texels = new Float32Array(3 * n * n);
  const fill = (color, inside) => {
    for (let k = 0; k < n * n; k++) {
      const x = ((k % n) + 0.5) / n;
      const y = (Math.floor(k / n) + 0.5) / n;
      if (inside(x, y)) texels.set(color, 3 * k);
    }
  };
  const rectangle = (color, left, top, right, bottom) =>
    fill(color, (x, y) => x >= left && x < right && y >= top && y < bottom);
  const circle = (color, cx, cy, radius) =>
    fill(color, (x, y) => (x - cx) ** 2 + (y - cy) ** 2 < radius ** 2);
  draw({ rectangle, circle });
  return levelsOf(texels, n);
}

/** A line of letters: bars of random widths. */
function writeLine({ rectangle }, random, color, [left, top, right, bottom]) {
  for (let x = left; x < right;) {
    const width = (bottom - top) * (0.3 + 0.6 * random());
    const high = top + (bottom - top) * 0.4 * random();
    rectangle(color, x, high, Math.min(right, x + width), bottom);
    x += width + 0.25 * (bottom - top);
  }
}

/** A packet's colors: ground, band, ink, accent. */
function paletteOf(number) {
  const random = makeRandom(keyOf(number, STREAMS.colors));
  const hue = random();
  const light = random() < 0.5;
  return {
    ground: hsv(hue, light ? 0.25 : 0.75, light ? 0.92 : 0.6),
    band: hsv((hue + 0.3 + 0.4 * random()) % 1, 0.8, 0.75),
    ink: light ? [0.12, 0.1, 0.15] : [0.95, 0.93, 0.88],
    accent: hsv((hue + 0.15 + 0.2 * random()) % 1, 0.9, 0.9),
  };
}

function frontPrint(random, { ground, band, ink, accent }) {
  return makePrint((paper) => {
    paper.rectangle(ground, 0, 0, 1, 1);
    const top = 0.05 + 0.5 * random();
    paper.rectangle(band, 0, top, 1, top + 0.28);
    writeLine(paper, random, ink, [0.08, top + 0.05, 0.92, top + 0.22]);
    const low = top > 0.3 ? 0.16 : 0.72;
    paper.circle(accent, 0.2 + 0.6 * random(), low, 0.1 + 0.06 * random());
    for (let y = 0.86; y < 0.96; y += 0.05)
      writeLine(paper, random, ink, [0.1, y, 0.6 + 0.3 * random(), y + 0.025]);
  });
}

function backPrint(random, { ground, band, ink }) {
  return makePrint((paper) => {
    paper.rectangle(ground, 0, 0, 1, 1);
    paper.rectangle(band, 0, 0, 1, 0.12 + 0.1 * random());
    for (let y = 0.3; y < 0.65; y += 0.06)
      writeLine(paper, random, ink, [0.1, y, 0.7 + 0.2 * random(), y + 0.03]);
    paper.rectangle([0.97, 0.97, 0.95], 0.5, 0.72, 0.92, 0.94);
    for (let x = 0.53; x < 0.89; x += 0.02 + 0.03 * random())
      paper.rectangle([0.05, 0.05, 0.05], x, 0.74, x + 0.014, 0.92);
  });
}

function sidePrint(random, { ground, band, ink }) {
  return makePrint((paper) => {
    paper.rectangle(ground, 0, 0, 1, 1);
    const edge = 0.3 + 0.4 * random();
    paper.rectangle(band, 0, edge, 1, edge + 0.25);
    writeLine(paper, random, ink, [0.15, 0.1, 0.85, 0.2]);
  });
}

/** A packet in its own colors, or in others. */
function makePacket(number, palette = paletteOf(number)) {
  const random = makeRandom(keyOf(number, STREAMS.print));
  const [height, depth] = [1.1 + 0.4 * random(), 0.25 + 0.2 * random()];
  const side = sidePrint(random, palette);
  return {
    mesh: boxMesh(0.9, height, depth),
    prints: {
      front: frontPrint(random, palette),
      back: backPrint(random, palette),
      left: side,
      right: side,
      all: sidePrint(random, palette),
    },
  };
}

/** A mug of one color: open above, with a handle. */
function makeMug(number, color) {
  const random = makeRandom(keyOf(number, STREAMS.shape));
  const radius = 0.4 + 0.06 * random();
  const [high, low] = [0.5, -0.5];
  return {
    mesh: [
      ...tubeMesh("all", [radius, radius * 0.94], [high, low]),
      ...tubeMesh(
        "inside",
        [radius * 0.9, radius * 0.86],
        [high, low + 0.08],
        -1,
      ),
      ...tubeMesh("all", [radius * 0.9, radius], [high, high]),
      ...tubeMesh("inside", [0, radius * 0.86], [low + 0.08, low + 0.08]),
      ...handleMesh("all", radius * 0.95, 0.28, 0.06),
    ],
    prints: {
      all: plainPrint(color),
      inside: plainPrint(color.map((value) => 0.8 * value)),
    },
  };
}

/** A pen: a thin rod with a tip and a cap. */
function makePen(color) {
  const radius = 0.04;
  return {
    mesh: [
      ...tubeMesh("cap", [radius * 1.1, radius * 1.1], [0.6, 0.2]),
      ...tubeMesh("all", [radius, radius], [0.2, -0.5]),
      ...tubeMesh("tip", [radius, 0.008], [-0.5, -0.62]),
    ],
    prints: {
      all: plainPrint(color),
      cap: plainPrint([0.12, 0.12, 0.14]),
      tip: plainPrint([0.75, 0.75, 0.78]),
    },
  };
}

const WHITE = [0.93, 0.93, 0.9];

/** The thing of a kind, by its number. */
export function makeThing(kind, number) {
  if (kind === "mug") return makeMug(number, WHITE);
  if (kind === "pen") return makePen(hsv(0.6 + 0.1 * number, 0.8, 0.7));
  return makePacket(number);
}

const FIRST_DECOY = 1000; // numbers of packets that are no thing

/**
 * What is not the thing but may look like it. A packet's decoys: of three, another
 * packet, one in the thing's colors, a mug. Those of a mug: of six, four packets, a
 * white box, a mug of another color.
 */
export function makeDecoy(kind, number, thing) {
  const random = makeRandom(keyOf(FIRST_DECOY + number, STREAMS.colors));
  const packet = makePacket(FIRST_DECOY + number);
  const color = hsv(random(), 0.45 + 0.4 * random(), 0.4 + 0.5 * random());
  const mug = makeMug(FIRST_DECOY + number, color);
  if (kind === "mug") {
    const white = { ...packet, prints: { all: plainPrint(WHITE) } };
    return [packet, white, packet, mug, packet, packet][number % 6];
  }
  if (kind === "pen") return [packet, makePen(color), packet][number % 3];
  const { ground, ink, band, accent } = paletteOf(thing);
  const colors = { ground, ink, band: accent, accent: band };
  const alike = makePacket(FIRST_DECOY + number, colors);
  return [packet, alike, mug][number % 3];
}
