/** Toys made of ellipsoids, drawn by casting a ray through every sample. */

import { cos, sin } from "../lib/math.js";

/**
 * @typedef {number[]} Ball an ellipsoid: x forward, y up, z sideways of its center,
 *   its three radii, its color as 0xRRGGBB
 *
 * @typedef {object} Pose of a toy in the picture, whose side is 1
 * @property {number} x of its middle
 * @property {number} y
 * @property {number} size of the toy's unit
 * @property {number} yaw about the vertical axis, in radians
 * @property {number} pitch by which we look down on it
 * @property {number} roll in the picture
 *
 * @typedef {object} Canvas
 * @property {number} side in samples
 * @property {Float32Array} color (side, side, 3), RGB in [0, 1]
 * @property {Float32Array} depth (side, side) of what is nearest
 */

const [YELLOW, ORANGE, BLUE, BLACK] = [0xffcd1c, 0xf47a12, 0x2f6fd0, 0x14141c];
const [BROWN, TAN, RED, GREEN] = [0x8a5a34, 0xd9b080, 0xd63a34, 0x3f9a4c];

/** The thing of the example: this duck with its blue scarf. @type {Ball[]} */
export const DUCK = [
  [0, -0.25, 0, 1, 0.66, 0.76, YELLOW],
  [-0.82, 0.16, 0, 0.4, 0.24, 0.34, YELLOW],
  [-0.1, -0.1, 0.62, 0.52, 0.3, 0.22, 0xf5b80e],
  [0.42, 0.24, 0, 0.48, 0.15, 0.48, BLUE],
  [0.8, 0.06, 0.14, 0.12, 0.26, 0.12, BLUE],
  [0.48, 0.72, 0, 0.55, 0.54, 0.53, YELLOW],
  [1.06, 0.6, 0, 0.32, 0.11, 0.27, ORANGE],
  [0.83, 0.87, 0.31, 0.13, 0.15, 0.11, BLACK],
];

/** Toys that are not the thing, some of them in its colors. @type {Ball[][]} */
export const OTHERS = [
  // A teddy bear
  [
    [0, -0.35, 0, 0.5, 0.62, 0.55, BROWN],
    [0.3, -0.35, 0, 0.28, 0.42, 0.36, TAN],
    [0.05, 0.55, 0, 0.46, 0.44, 0.5, BROWN],
    [0.42, 0.45, 0, 0.2, 0.17, 0.22, TAN],
    [0.6, 0.52, 0, 0.08, 0.07, 0.1, BLACK],
    [0.42, 0.68, 0.2, 0.08, 0.09, 0.08, BLACK],
    [0, 0.95, 0.38, 0.12, 0.2, 0.2, BROWN],
    [0.4, -0.8, 0.4, 0.4, 0.2, 0.22, BROWN],
    [0.25, -0.15, 0.55, 0.2, 0.4, 0.17, BROWN],
  ],
  // A frog
  [
    [0, -0.2, 0, 0.8, 0.5, 0.7, GREEN],
    [0.3, 0.2, 0, 0.5, 0.36, 0.56, GREEN],
    [0.4, 0.56, 0.32, 0.2, 0.2, 0.18, 0xf4f4e6],
    [0.55, 0.58, 0.33, 0.09, 0.1, 0.09, BLACK],
    [0.1, -0.5, 0.62, 0.6, 0.2, 0.26, GREEN],
  ],
  // A lemon, a red ball, a yellow one, and a blue egg
  [
    [0, 0, 0, 0.72, 0.5, 0.5, YELLOW],
    [0.66, 0, 0, 0.2, 0.14, 0.14, YELLOW],
  ],
  ...[RED, YELLOW].map((color) => [[0, 0, 0, 0.7, 0.7, 0.7, color]]),
  [[0, 0, 0, 0.5, 0.72, 0.5, BLUE]],
];

/** @param {number} side in samples */
export function makeCanvas(side) {
  return {
    side,
    color: new Float32Array(side * side * 3),
    depth: new Float32Array(side * side),
  };
}

/**
 * Draw a toy over what is there.
 *
 * @param {Canvas} canvas
 * @param {Ball[]} balls each beside the middle has its mirror image
 * @param {Pose} pose
 * @param {number[]} light direction that it comes from: right, down, away from us
 * @returns {number[]} the box around what the picture has of it
 */
export function drawToy(canvas, balls, pose, light) {
  const axes = turned(pose);
  canvas.depth.fill(Infinity);
  const boxes = balls.flatMap((ball) => {
    const [x, y, z, ...rest] = ball;
    const both = z ? [ball, [x, y, -z, ...rest]] : [ball];
    return both.map((one) => drawBall(canvas, one, pose, axes, light));
  });
  return [Math.min, Math.min, Math.max, Math.max].map(
    (choose, k) => choose(...boxes.map((box) => box[k])) / canvas.side,
  );
}

/**
 * The picture's axes (right, down, away from us) as the toy has them.
 *
 * @param {Pose} pose
 */
export function turned({ yaw, pitch, roll }) {
  const [cy, sy, cp, sp] = [cos(yaw), sin(yaw), cos(pitch), sin(pitch)];
  const [cr, sr] = [cos(roll), sin(roll)];
  const right = [cy, 0, sy];
  const down = [sy * sp, -cp, -cy * sp];
  return [
    right.map((r, k) => cr * r - sr * down[k]),
    right.map((r, k) => sr * r + cr * down[k]),
    [-sy * cp, -sp, cy * cp],
  ];
}

/**
 * Draw the near half of one ellipsoid, where nothing is nearer.
 *
 * @param {Canvas} canvas
 * @param {Ball} ball
 * @param {Pose} pose
 * @param {number[][]} axes
 * @param {number[]} light
 * @returns {number[]} the box around it, in samples
 */
function drawBall(canvas, ball, pose, axes, light) {
  const { side, depth } = canvas;
  const radii = ball.slice(3, 6);
  // The axes where the ellipsoid is a unit sphere
  const [across, down, away] = axes.map((axis) =>
    axis.map((value, k) => value / radii[k]),
  );
  const middle = axes.map((axis) => dot(axis, ball));
  const box = spanOf(side, radii, pose, axes, middle);
  const [left, top, right, bottom] = box;
  const a = dot(away, away);
  const paint = makeShader(canvas, ball, axes, light);
  const step = 1 / side / pose.size;
  for (let j = top; j < bottom; j++) {
    const v = (j + 0.5) * step - pose.y / pose.size - middle[1];
    for (let i = left; i < right; i++) {
      const u = (i + 0.5) * step - pose.x / pose.size - middle[0];
      const x = u * across[0] + v * down[0];
      const y = u * across[1] + v * down[1];
      const z = u * across[2] + v * down[2];
      const b = x * away[0] + y * away[1] + z * away[2];
      const root = b * b - a * (x * x + y * y + z * z - 1);
      if (root < 0) continue;
      const t = (-b - Math.sqrt(root)) / a;
      const k = j * side + i;
      if (t + middle[2] >= depth[k]) continue;
      depth[k] = t + middle[2];
      normal[0] = (x + t * away[0]) / radii[0];
      normal[1] = (y + t * away[1]) / radii[1];
      normal[2] = (z + t * away[2]) / radii[2];
      paint(k);
    }
  }
  return box;
}

// A call with numbers that are no small integers would allocate memory
const normal = new Float64Array(3);

/**
 * The samples that an ellipsoid may cover: left, top, right, bottom.
 *
 * @param {number} side
 * @param {number[]} radii
 * @param {Pose} pose
 * @param {number[][]} axes
 * @param {number[]} middle
 */
function spanOf(side, radii, { x, y, size }, axes, middle) {
  const [wide, high] = axes.map((axis) =>
    length(axis.map((value, k) => value * radii[k])),
  );
  return [
    x + size * (middle[0] - wide),
    y + size * (middle[1] - high),
    x + size * (middle[0] + wide),
    y + size * (middle[1] + high),
  ].map((edge) => Math.min(side, Math.max(0, Math.round(edge * side))));
}

const [AMBIENT, SKY, DIFFUSE, GLOSS] = [0.46, 0.1, 0.52, 0.4];

/**
 * Make what paints a sample of a ball that has this normal.
 *
 * @param {Canvas} canvas
 * @param {Ball} ball
 * @param {number[][]} axes
 * @param {number[]} light
 */
function makeShader({ color }, ball, axes, light) {
  const [red, green, blue] = colorOf(ball[6]);
  /** @param {number[]} vector in the picture's axes */
  const ofToy = (vector) =>
    [0, 1, 2].map((k) =>
      dot(
        vector,
        axes.map((axis) => axis[k]),
      ),
    );
  const sun = ofToy(light);
  const mirror = ofToy([light[0], light[1], light[2] - 1]);
  const scale = length(mirror);
  /** @param {number} k */
  return (k) => {
    const x = normal[0];
    const y = normal[1];
    const z = normal[2];
    const norm = Math.sqrt(x * x + y * y + z * z);
    const lit = (x * sun[0] + y * sun[1] + z * sun[2]) / norm;
    const gleam =
      (x * mirror[0] + y * mirror[1] + z * mirror[2]) / norm / scale;
    const shade = AMBIENT + (SKY * y) / norm + DIFFUSE * Math.max(0, lit);
    let gloss = Math.max(0, gleam);
    for (let n = 0; n < 5; n++) gloss *= gloss; // a small spot
    gloss *= GLOSS;
    color[3 * k] = red * shade + gloss;
    color[3 * k + 1] = green * shade + gloss;
    color[3 * k + 2] = blue * shade + gloss;
  };
}

/** @param {number} hex 0xRRGGBB */
export function colorOf(hex) {
  return [hex >> 16, (hex >> 8) & 255, hex & 255].map((value) => value / 255);
}

/** @param {number[]} a @param {number[]} b */
function dot(a, b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** @param {number[]} a */
function length(a) {
  return Math.sqrt(dot(a, a));
}
