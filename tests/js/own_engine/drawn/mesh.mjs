// Solid things of triangles, drawn with a depth buffer and printed surfaces.
import { turned } from "../../../../d2l_ssd/widgets/static/own_engine/toys.js";

const DISTANCE = 5.5; // of the camera, in units of the thing
const AROUND = 24; // sides of what is round
const [AMBIENT, DIFFUSE] = [0.5, 0.55];

/** A vertex: where it is, its normal, its place on the face's print. */
const vertex = (point, normal, u, v) => ({ point, normal, u, v });

/** Two triangles between four corners that go round. */
function quad(face, [a, b, c, d]) {
  return [
    { face, corners: [a, b, c] },
    { face, corners: [a, c, d] },
  ];
}

/** A box: x to the right, y up, the front toward negative z. */
export function boxMesh(width, height, depth) {
  const [w, h, d] = [width / 2, height / 2, depth / 2];
  // Each face: its normal, then what goes right and up on its print
  const faces = {
    front: [[0, 0, -d], [w, 0, 0], [0, h, 0]], // prettier-ignore
    back: [[0, 0, d], [-w, 0, 0], [0, h, 0]], // prettier-ignore
    left: [[-w, 0, 0], [0, 0, -d], [0, h, 0]], // prettier-ignore
    right: [[w, 0, 0], [0, 0, d], [0, h, 0]], // prettier-ignore
    top: [[0, h, 0], [w, 0, 0], [0, 0, d]], // prettier-ignore
    bottom: [[0, -h, 0], [w, 0, 0], [0, 0, -d]], // prettier-ignore
  };
  return Object.entries(faces).flatMap(([face, [out, right, up]]) => {
    const normal = out.map(Math.sign);
    const corners = [[-1, 1], [1, 1], [1, -1], [-1, -1]]; // prettier-ignore
    return quad(
      face,
      corners.map(([a, b]) =>
        vertex(
          out.map((value, k) => value + a * right[k] + b * up[k]),
          normal,
          (a + 1) / 2,
          (1 - b) / 2,
        ),
      ),
    );
  });
}

/**
 * What a surface in two parameters in [0, 1] is in triangles. `at` gives point and
 * normal.
 */
function surface(face, across, down, at) {
  const corner = (i, j) =>
    vertex(...at(i / across, j / down), i / across, j / down);
  const cells = Array.from({ length: across * down }, (_, k) => k);
  return cells.flatMap((k) => {
    const [i, j] = [k % across, Math.floor(k / across)];
    return quad(face, [
      corner(i, j),
      corner(i + 1, j),
      corner(i + 1, j + 1),
      corner(i, j + 1),
    ]);
  });
}

/** A surface of revolution about y: radius and height at both ends. */
export function tubeMesh(face, [top, bottom], [high, low], outward = 1) {
  return surface(face, AROUND, 1, (u, v) => {
    const [c, s] = [Math.cos(2 * Math.PI * u), Math.sin(2 * Math.PI * u)];
    const radius = top + v * (bottom - top);
    const y = high + v * (low - high);
    const slope = (bottom - top) / (high - low || 1);
    const flat = top !== bottom && high === low;
    const normal = flat
      ? [0, outward, 0]
      : [c, slope, s].map((n) => n * outward);
    return [[radius * c, y, radius * s], normal];
  });
}

/** Half a ring in the plane of x and y, bent toward positive x. */
export function handleMesh(face, x, ring, thickness) {
  return surface(face, 10, 8, (u, v) => {
    const [along, round] = [Math.PI * (u - 0.5), 2 * Math.PI * v];
    const [c, s] = [Math.cos(along), Math.sin(along)];
    const normal = [c * Math.cos(round), s * Math.cos(round), Math.sin(round)];
    const center = [x + ring * c * 0.8, ring * s, 0];
    return [center.map((value, k) => value + thickness * normal[k]), normal];
  });
}

/** Where a mesh's corners come to lie in the picture: x, y, depth. */
function project(corners, pose, axes) {
  return corners.map(({ point }) => {
    const [x, y, z] = axes.map((axis) => dot(axis, point));
    const scale = (pose.size * DISTANCE) / (DISTANCE + z);
    return [pose.x + x * scale, pose.y + y * scale, DISTANCE + z];
  });
}

/** The size at which a mesh in this pose has a box of that side (√ of its area). */
export function sizeFor(mesh, pose, side) {
  const unit = { ...pose, x: 0, y: 0, size: 1 };
  const axes = turned(unit);
  const points = mesh.flatMap(({ corners }) => project(corners, unit, axes));
  const [width, height] = [0, 1].map((k) => {
    const values = points.map((point) => point[k]);
    return Math.max(...values) - Math.min(...values);
  });
  return { size: side / Math.sqrt(width * height), width, height };
}

/**
 * Draw a mesh over what is there.
 *
 * @returns {number[]} the box around what the picture has of it
 */
export function drawMesh(canvas, { mesh, prints }, pose, light) {
  const axes = turned(pose);
  const box = [canvas.side, canvas.side, 0, 0];
  canvas.depth.fill(Infinity);
  for (const { face, corners } of mesh) {
    const points = project(corners, pose, axes);
    const lit = corners.map(({ normal }) => shade(normal, axes, light));
    const print = levelFor(prints[face] ?? prints.all, pose.size * canvas.side);
    fillTriangle(canvas, points, corners, lit, print, box);
  }
  return box.map((edge) => edge / canvas.side);
}

function shade(normal, axes, light) {
  const turnedNormal = axes.map((axis) => dot(axis, normal));
  const length = Math.sqrt(dot(normal, normal));
  return AMBIENT + (DIFFUSE * Math.max(0, dot(turnedNormal, light))) / length;
}

/** The level of a print that has about one texel per sample. */
function levelFor(print, samples) {
  const fits = print.find(({ side }) => side <= 1.2 * samples);
  return fits ?? print[print.length - 1];
}

function dot(a, b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function fillTriangle(canvas, points, corners, lit, print, box) {
  const { side } = canvas;
  const [a, b, c] = points.map(([x, y]) => [x * side - 0.5, y * side - 0.5]);
  const area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
  if (Math.abs(area) < 1e-9) return;
  const inverse = points.map(([, , z]) => 1 / z);
  const first = (k) => Math.max(0, Math.ceil(Math.min(a[k], b[k], c[k])));
  const last = (k) =>
    Math.min(side - 1, Math.floor(Math.max(a[k], b[k], c[k])));
  for (let y = first(1); y <= last(1); y++) {
    for (let x = first(0); x <= last(0); x++) {
      const p = ((b[0] - x) * (c[1] - y) - (b[1] - y) * (c[0] - x)) / area;
      const q = ((c[0] - x) * (a[1] - y) - (c[1] - y) * (a[0] - x)) / area;
      const r = 1 - p - q;
      if (p < 0 || q < 0 || r < 0) continue;
      // Shares of the corners in space, not in the picture
      shares[0] = p * inverse[0];
      shares[1] = q * inverse[1];
      shares[2] = r * inverse[2];
      const depth = 1 / (shares[0] + shares[1] + shares[2]);
      const k = y * side + x;
      if (depth >= canvas.depth[k]) continue;
      canvas.depth[k] = depth;
      paint(canvas, k, corners, lit, print);
      widen(box, x, y);
    }
  }
}

const shares = new Float64Array(3); // a call with them would allocate memory

function paint({ color, depth }, k, corners, lit, { side, texels }) {
  let u = 0;
  let v = 0;
  let light = 0;
  for (let n = 0; n < 3; n++) {
    const share = shares[n] * depth[k];
    u += share * corners[n].u;
    v += share * corners[n].v;
    light += share * lit[n];
  }
  const i = Math.min(side - 1, Math.max(0, Math.floor(u * side)));
  const j = Math.min(side - 1, Math.max(0, Math.floor(v * side)));
  const from = 3 * (j * side + i);
  for (let c = 0; c < 3; c++) color[3 * k + c] = texels[from + c] * light;
}

function widen(box, x, y) {
  box[0] = Math.min(box[0], x);
  box[1] = Math.min(box[1], y);
  box[2] = Math.max(box[2], x + 1);
  box[3] = Math.max(box[3], y + 1);
}
