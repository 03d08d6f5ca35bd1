// Drawn photographs of cluttered places, to stand things in. Each number is a place
// of its own: its colors, its textures, what lies about.
import {
  keyOf,
  makeRandom,
  randomAt,
} from "../../../../d2l_ssd/widgets/static/engine/random.js";
import { hsv } from "./things.mjs";

const SIDE = 448; // pixels of a photograph
const STREAM = 21;
const KEPT = 24; // photographs in memory
const OCTAVES = [3, 8, 20, 60, 150];

/** Noise in [-1, 1] of all scales, the coarser the stronger. */
function cloud(key, x, y, roughness) {
  let sum = 0;
  let strength = 1 - roughness;
  for (const scale of OCTAVES) {
    sum += strength * smooth(key + scale, x * scale, y * scale);
    strength *= roughness;
  }
  return sum;
}

function smooth(key, x, y) {
  const i = Math.floor(x);
  const j = Math.floor(y);
  const u = (x - i) * (x - i) * (3 - 2 * (x - i));
  const v = y - j;
  const left = Math.imul(i, 7919) + key;
  const right = left + 7919;
  const top = randomAt(left, j) * (1 - u) + u * randomAt(right, j);
  const bottom = randomAt(left, j + 1) * (1 - u) + u * randomAt(right, j + 1);
  return 2 * (top + v * (bottom - top)) - 1;
}

const part = (x) => x - Math.floor(x);

// What is painted: the place in a shape, its texture's scale and key. Arguments
// would allocate memory at each of some millions of places.
const here = new Float64Array(2);
const at = { scale: 1, key: 0 };

/** Textures: light and shade. */
const TEXTURES = [
  () => 0,
  () => (part(here[0] * at.scale) < 0.5 ? 0.15 : -0.15),
  () =>
    part(here[0] * at.scale) < 0.5 !== part(here[1] * at.scale) < 0.5
      ? 0.2
      : -0.2,
  () =>
    part(here[0] * at.scale) < 0.1 || part(here[1] * at.scale) < 0.1
      ? -0.3
      : 0.05,
  () => 0.35 * smooth(at.key, here[0] * 2, here[1] * at.scale * 6),
  () => 0.5 * smooth(at.key, here[0] * at.scale * 4, here[1] * at.scale * 4),
  // Lines of text
  () => {
    const row = Math.floor(here[1] * at.scale * 2);
    const column = Math.floor(here[0] * at.scale * 6);
    if (here[1] * at.scale * 2 - row > 0.4) return 0.1;
    return randomAt(at.key + row, column) < 0.6 ? -0.5 : 0.1;
  },
  // Pebbles
  () =>
    0.6 *
      Math.abs(smooth(at.key, here[0] * at.scale * 2, here[1] * at.scale * 2)) -
    0.2,
];

/** Whether a place lies in a shape. */
const FORMS = {
  box: () => Math.abs(here[0]) < 1 && Math.abs(here[1]) < 1,
  round: () => here[0] * here[0] + here[1] * here[1] < 1,
  leaf: () => here[0] * here[0] + Math.abs(here[1]) < 1,
};

/** Solid looks: a form and how it is shaded. */
const SOLIDS = {
  sheet: { inside: FORMS.box, shade: () => 1 },
  block: {
    inside: FORMS.box,
    shade: () => (here[0] > 0.6 ? 0.65 : here[1] < -0.7 ? 1.2 : 0.95),
  },
  ball: {
    inside: FORMS.round,
    shade: () => {
      const u = here[0];
      const v = here[1];
      const near = Math.sqrt(1.01 - u * u - v * v);
      return 0.6 + 0.55 * Math.max(0, near - 0.5 * (u + v));
    },
  },
  jar: {
    inside: FORMS.box,
    shade: () =>
      0.65 + 0.5 * Math.sqrt(1.01 - here[0] * here[0]) - 0.2 * here[0],
  },
  leaf: {
    inside: FORMS.leaf,
    shade: () => (Math.abs(here[1]) < 0.04 ? 1.3 : 0.9 + 0.3 * here[1]),
  },
};

/** What a place is like: what lies about, how much of it, how large. */
const PLACES = [
  // A desk
  {
    solids: ["sheet", "sheet", "block"],
    count: 35,
    sizes: [0.03, 0.3],
    upright: 0.9,
  },
  // Shelves
  {
    solids: ["block", "block", "sheet", "jar"],
    count: 60,
    sizes: [0.03, 0.2],
    upright: 1,
  },
  // Plants
  {
    solids: ["leaf", "leaf", "ball"],
    count: 160,
    sizes: [0.02, 0.14],
    upright: 0,
  },
  // A kitchen
  {
    solids: ["jar", "ball", "sheet", "sheet"],
    count: 25,
    sizes: [0.04, 0.25],
    upright: 0.8,
  },
  // Cloths
  { solids: ["sheet"], count: 14, sizes: [0.1, 0.5], upright: 0.3 },
  // A market
  {
    solids: ["ball", "block", "sheet", "jar", "leaf"],
    count: 45,
    sizes: [0.02, 0.2],
    upright: 0.4,
  },
];

/** A photograph's pixels: (SIDE, SIDE, 3) bytes. */
function draw(number) {
  const random = makeRandom(keyOf(number, STREAM));
  const place = PLACES[Math.floor(random() * PLACES.length)];
  const hues = [random(), random(), random(), random()];
  const vivid = 0.25 + 0.5 * random();
  const colorOf = () => {
    const hue = (hues[Math.floor(hues.length * random())] + 0.1 * random()) % 1;
    const saturation = vivid * (0.2 + 0.8 * random());
    return hsv(hue, saturation, 0.15 + 0.75 * random());
  };
  const color = new Float32Array(3 * SIDE * SIDE);
  drawGround(color, random, [colorOf(), colorOf()]);
  for (let k = 0; k < place.count; k++) {
    drawSolid(color, makeSolid(random, place, colorOf()));
  }
  const pixels = new Uint8ClampedArray(color.length);
  for (let k = 0; k < color.length; k++) pixels[k] = 255 * color[k];
  return pixels;
}

/** Two colors that a cloud mixes, and the texture of a wall or floor. */
function drawGround(color, random, [first, second]) {
  const texture = TEXTURES[Math.floor(random() * TEXTURES.length)];
  const key = Math.floor(1e6 * random());
  Object.assign(at, { key, scale: 2 + 8 * random() });
  const roughness = 0.4 + 0.4 * random();
  for (let y = 0, k = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++, k += 3) {
      here[0] = x / SIDE;
      here[1] = y / SIDE;
      const share = 0.5 + 0.7 * cloud(key, x / SIDE, y / SIDE, roughness);
      const light = 0.5 * texture();
      for (let c = 0; c < 3; c++)
        color[k + c] = first[c] + share * (second[c] - first[c]) + light;
    }
  }
}

function makeSolid(random, { solids, sizes, upright }, color) {
  const size = sizes[0] * (sizes[1] / sizes[0]) ** (random() ** 1.5);
  const stretch = Math.exp(1.2 * (random() - 0.5));
  const angle =
    random() < upright ? 0.06 * (random() - 0.5) : Math.PI * random();
  return {
    ...SOLIDS[solids[Math.floor(random() * solids.length)]],
    texture: TEXTURES[Math.floor(random() * TEXTURES.length)],
    scale: 1 + 4 * random(),
    contrast: 0.8 * random() ** 2,
    key: Math.floor(1e6 * random()),
    x: random(),
    y: random(),
    width: size * stretch,
    height: size / stretch,
    angle,
    color,
  };
}

/** Draw a solid after its shadow. */
function drawSolid(color, solid) {
  const shadow = { ...solid, x: solid.x + 0.008, y: solid.y + 0.012 };
  eachPlace(shadow, (k) => {
    for (let c = 0; c < 3; c++) color[k + c] *= 0.65;
  });
  Object.assign(at, { scale: solid.scale, key: solid.key });
  const { shade, texture, contrast } = solid;
  const [red, green, blue] = solid.color;
  eachPlace(solid, (k) => {
    const light = shade();
    const print = contrast ? contrast * texture() : 0;
    color[k] = (red + print) * light;
    color[k + 1] = (green + print) * light;
    color[k + 2] = (blue + print) * light;
  });
}

function eachPlace({ x, y, width, height, angle, inside }, visit) {
  const reach = Math.hypot(width, height);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const first = (x) => Math.max(0, Math.ceil((x - reach) * SIDE));
  const last = (x) => Math.min(SIDE - 1, Math.floor((x + reach) * SIDE));
  for (let j = first(y); j <= last(y); j++) {
    for (let i = first(x); i <= last(x); i++) {
      const dx = i / SIDE - x;
      const dy = j / SIDE - y;
      here[0] = (c * dx + s * dy) / width;
      here[1] = (c * dy - s * dx) / height;
      if (inside()) visit(3 * (j * SIDE + i));
    }
  }
}

const kept = new Map();

function photograph(number) {
  if (!kept.has(number)) {
    if (kept.size >= KEPT) kept.delete(kept.keys().next().value);
    kept.set(number, draw(number));
  }
  return kept.get(number);
}

/**
 * Fill a canvas with a part of a photograph.
 *
 * @param {number[]} part x and y of its middle and its side, in [0, 1]
 */
export function drawPhotograph(canvas, number, [x, y, size]) {
  const pixels = photograph(number);
  const step = ((SIDE - 1) * size) / canvas.side;
  const start = (at) => (SIDE - 1) * (size / 2 + at * (1 - size) - size / 2);
  for (let j = 0, to = 0; j < canvas.side; j++) {
    const v = start(y) + (j + 0.5) * step;
    const b = v - Math.floor(v);
    for (let i = 0; i < canvas.side; i++, to += 3) {
      const u = start(x) + (i + 0.5) * step;
      const a = u - Math.floor(u);
      const from = 3 * (Math.floor(v) * SIDE + Math.floor(u));
      for (let c = 0; c < 3; c++) {
        const k = from + c;
        const low = k + 3 * SIDE;
        const top = pixels[k] + a * (pixels[k + 3] - pixels[k]);
        const bottom = pixels[low] + a * (pixels[low + 3] - pixels[low]);
        canvas.color[to + c] = (top + b * (bottom - top)) / 255;
      }
    }
  }
}
