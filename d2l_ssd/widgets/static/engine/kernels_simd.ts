// The playground's arithmetic, for WebAssembly with SIMD (AssemblyScript).
//
// A 3 x 3 convolution over an image in the order (row, column, channel), with a
// border of one zero pixel, needs no im2col: under one row of the kernel lie 3 C
// neighboring numbers. So a row of the output is the sum of three matrix products,
// whose left matrices overlap: `stride * C` numbers from one line to the next.
//
// Products are made in blocks of 3 pixels x 8 channels: six of the 16 registers
// hold sums, four hold weights and inputs. Widths must be multiples of 3, channels
// of 4, numbers of filters of 8. kernels_plain.js has the same without SIMD.
//
// Addresses are in bytes; distances (`…Image`, `…Row`) and counts in numbers.

type Address = usize;

// @ts-ignore: decorator
@inline
function load4(at: Address, offset: Address = 0): v128 {
  return v128.load(at + offset);
}

/** sum + (the number at `at`, four times) * weights */
// @ts-ignore: decorator
@inline
function addProduct(sum: v128, at: Address, weights: v128): v128 {
  return f32x4.add(sum, f32x4.mul(v128.load_splat<f32>(at), weights));
}

/** y = relu(x * w + b), or without the relu. */
export function forward(
  x: Address, xImage: i32, xRow: i32, w: Address, b: Address,
  y: Address, yImage: i32, yRow: i32,
  images: i32, height: i32, width: i32, channels: i32, filters: i32, stride: i32,
  relu: i32,
): void {
  const step = (stride * channels) << 2;
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < height; row++) {
      const from = x + ((image * xImage + row * stride * xRow) << 2);
      const to = y + ((image * yImage + row * yRow) << 2);
      for (let n = 0; n < filters; n += 8) {
        for (let i = 0; i < width; i += 3) {
          forwardBlock(
            from + i * step, step, xRow << 2, w + (n << 2), filters << 2,
            3 * channels, b + (n << 2), to + ((i * filters + n) << 2), relu,
          );
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function forwardBlock(
  x: Address, step: Address, xRow: Address, w: Address, wRow: Address,
  depth: i32, b: Address, y: Address, relu: i32,
): void {
  let a0 = load4(b), a1 = a0, a2 = a0;
  let b0 = load4(b, 16), b1 = b0, b2 = b0;
  for (let kernelRow = 0; kernelRow < 3; kernelRow++, x += xRow) {
    let p = x, q = p + step, r = q + step;
    for (let k = 0; k < depth; k++, p += 4, q += 4, r += 4, w += wRow) {
      const u = load4(w), v = load4(w, 16);
      a0 = addProduct(a0, p, u); b0 = addProduct(b0, p, v);
      a1 = addProduct(a1, q, u); b1 = addProduct(b1, q, v);
      a2 = addProduct(a2, r, u); b2 = addProduct(b2, r, v);
    }
  }
  if (relu) {
    const zero = f32x4.splat(0); // pmax(NaN, 0) is NaN: it must stay visible
    a0 = f32x4.pmax(a0, zero); b0 = f32x4.pmax(b0, zero);
    a1 = f32x4.pmax(a1, zero); b1 = f32x4.pmax(b1, zero);
    a2 = f32x4.pmax(a2, zero); b2 = f32x4.pmax(b2, zero);
  }
  v128.store(y, a0); v128.store(y, b0, 16); y += wRow;
  v128.store(y, a1); v128.store(y, b1, 16); y += wRow;
  v128.store(y, a2); v128.store(y, b2, 16);
}

/**
 * The gradients of weights and biases: dw = x' * dy, db = the sum of dy. `pixels`
 * holds two numbers per pixel of dy.
 */
export function backwardWeights(
  x: Address, xImage: i32, xRow: i32, dy: Address, yImage: i32, yRow: i32,
  dw: Address, db: Address, pixels: Address,
  images: i32, height: i32, width: i32, channels: i32, filters: i32, stride: i32,
): void {
  const depth = 3 * channels;
  const end = listPixels(
    pixels, xImage << 2, (stride * xRow) << 2, (stride * channels) << 2,
    dy, yImage << 2, yRow << 2, images, height, width, filters << 2,
  );
  for (let kernelRow = 0; kernelRow < 3; kernelRow++) {
    for (let n = 0; n < filters; n += 8) {
      for (let k = 0; k < depth; k += 4) {
        weightsBlock(
          x + ((kernelRow * xRow + k) << 2), dy + (n << 2), pixels, end,
          dw + (((kernelRow * depth + k) * filters + n) << 2), filters << 2,
        );
      }
    }
  }
  for (let n = 0; n < filters; n += 4) {
    let sum = f32x4.splat(0);
    for (let at = pixels; at < end; at += 8) {
      sum = f32x4.add(sum, load4(dy + (n << 2) + load<u32>(at, 4)));
    }
    v128.store(db + (n << 2), sum);
  }
}

/**
 * List the pixels with a gradient, as bytes from x and dy; return the list's end.
 * Most of a head's have none: of the anchors there, none counts in the loss.
 */
function listPixels(
  list: Address, xImage: Address, xRow: Address, step: Address,
  dy: Address, yImage: Address, yRow: Address,
  images: i32, height: i32, width: i32, wRow: Address,
): Address {
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < height; row++) {
      let p = <Address>image * xImage + <Address>row * xRow;
      let g = <Address>image * yImage + <Address>row * yRow;
      for (let i = 0; i < width; i++, p += step, g += wRow) {
        if (isZero(dy + g, wRow)) continue;
        store<u32>(list, <u32>p);
        store<u32>(list, <u32>g, 4);
        list += 8;
      }
    }
  }
  return list;
}

// @ts-ignore: decorator
@inline
function isZero(at: Address, length: Address): bool {
  let bits = load4(at);
  for (let n: Address = 16; n < length; n += 16) {
    bits = v128.or(bits, load4(at + n));
  }
  return !v128.any_true(bits);
}

/** A block of 4 weights x 8 filters: its sums stay in registers over all pixels. */
// @ts-ignore: decorator
@inline
function weightsBlock(
  x: Address, dy: Address, pixels: Address, end: Address, dw: Address, wRow: Address,
): void {
  const zero = f32x4.splat(0);
  let a0 = zero, a1 = zero, a2 = zero, a3 = zero;
  let b0 = zero, b1 = zero, b2 = zero, b3 = zero;
  for (; pixels < end; pixels += 8) {
    const p = x + load<u32>(pixels), g = dy + load<u32>(pixels, 4);
    const u = load4(g), v = load4(g, 16);
    a0 = addProduct(a0, p, u); b0 = addProduct(b0, p, v);
    a1 = addProduct(a1, p + 4, u); b1 = addProduct(b1, p + 4, v);
    a2 = addProduct(a2, p + 8, u); b2 = addProduct(b2, p + 8, v);
    a3 = addProduct(a3, p + 12, u); b3 = addProduct(b3, p + 12, v);
  }
  v128.store(dw, a0); v128.store(dw, b0, 16); dw += wRow;
  v128.store(dw, a1); v128.store(dw, b1, 16); dw += wRow;
  v128.store(dw, a2); v128.store(dw, b2, 16); dw += wRow;
  v128.store(dw, a3); v128.store(dw, b3, 16);
}

/**
 * The gradient of the input, added to dx: dx += dy * w'. Neighboring pixels share
 * inputs, so we add row by row of the kernel. `turned` holds 9 C N numbers.
 */
export function backwardInput(
  dy: Address, yImage: i32, yRow: i32, w: Address, turned: Address,
  dx: Address, xImage: i32, xRow: i32,
  images: i32, height: i32, width: i32, channels: i32, filters: i32, stride: i32,
): void {
  const depth = 3 * channels;
  transpose(w, turned, depth, filters);
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < height; row++) {
      for (let kernelRow = 0; kernelRow < 3; kernelRow++) {
        const from = dy + ((image * yImage + row * yRow) << 2);
        const to = dx + ((image * xImage + (row * stride + kernelRow) * xRow) << 2);
        for (let i = 0; i < width; i += 3) {
          const g = from + ((i * filters) << 2);
          if (isZero(g, (3 * filters) << 2)) continue;
          for (let k = 0; k < depth; k += 8) {
            inputBlock(
              g, filters << 2, filters,
              turned + ((kernelRow * filters * depth + k) << 2), depth << 2,
              to + ((i * stride * channels + k) << 2), (stride * channels) << 2,
            );
          }
        }
      }
    }
  }
}

function transpose(w: Address, turned: Address, depth: i32, filters: i32): void {
  for (let row = 0; row < 3; row++) {
    for (let k = 0; k < depth; k++) {
      for (let n = 0; n < filters; n++) {
        const value = load<f32>(w + (((row * depth + k) * filters + n) << 2));
        store<f32>(turned + (((row * filters + n) * depth + k) << 2), value);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function inputBlock(
  dy: Address, yStep: Address, filters: i32, w: Address, wRow: Address,
  dx: Address, step: Address,
): void {
  const zero = f32x4.splat(0);
  let a0 = zero, a1 = zero, a2 = zero, b0 = zero, b1 = zero, b2 = zero;
  let p = dy, q = p + yStep, r = q + yStep;
  for (let n = 0; n < filters; n++, p += 4, q += 4, r += 4, w += wRow) {
    const u = load4(w), v = load4(w, 16);
    a0 = addProduct(a0, p, u); b0 = addProduct(b0, p, v);
    a1 = addProduct(a1, q, u); b1 = addProduct(b1, q, v);
    a2 = addProduct(a2, r, u); b2 = addProduct(b2, r, v);
  }
  addTo(dx, a0, b0);
  addTo(dx + step, a1, b1); // in this order: the pixels overlap
  addTo(dx + 2 * step, a2, b2);
}

// @ts-ignore: decorator
@inline
function addTo(at: Address, u: v128, v: v128): void {
  v128.store(at, f32x4.add(load4(at), u));
  v128.store(at, f32x4.add(load4(at, 16), v), 16);
}

/** Set dy to 0 where the relu's output y is. */
export function maskRelu(dy: Address, y: Address, count: i32): void {
  const zero = f32x4.splat(0);
  for (let i = 0; i < count; i += 4, dy += 16, y += 16) {
    v128.store(dy, v128.and(load4(dy), f32x4.gt(load4(y), zero)));
  }
}

/** One step of Adam on `count` weights, and of their running mean. */
export function adam(
  w: Address, g: Address, m: Address, v: Address, mean: Address, count: i32,
  rate: f32, beta1: f32, beta2: f32, correction1: f32, correction2: f32,
  scale: f32, keep: f32,
): void {
  const B1 = f32x4.splat(beta1), D1 = f32x4.splat(1 - beta1);
  const B2 = f32x4.splat(beta2), D2 = f32x4.splat(1 - beta2);
  const RATE = f32x4.splat(rate * correction1), C2 = f32x4.splat(correction2);
  const SCALE = f32x4.splat(scale), TINY = f32x4.splat(1e-8);
  const KEEP = f32x4.splat(keep), TAKE = f32x4.splat(1 - keep);
  for (let i = 0; i < count; i += 4) {
    const gi = f32x4.mul(load4(g), SCALE);
    const mi = f32x4.add(f32x4.mul(B1, load4(m)), f32x4.mul(D1, gi));
    const square = f32x4.mul(gi, gi);
    const vi = f32x4.add(f32x4.mul(B2, load4(v)), f32x4.mul(D2, square));
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(vi, C2)), TINY);
    const wi = f32x4.sub(load4(w), f32x4.div(f32x4.mul(RATE, mi), root));
    const old = f32x4.mul(KEEP, load4(mean));
    v128.store(m, mi);
    v128.store(v, vi);
    v128.store(w, wi);
    v128.store(mean, f32x4.add(old, f32x4.mul(TAKE, wi)));
    w += 16; g += 16; m += 16; v += 16; mean += 16;
  }
}

/** The sum of squares of `count` numbers. */
export function sumOfSquares(g: Address, count: i32): f32 {
  let sum = f32x4.splat(0);
  for (let i = 0; i < count; i += 4, g += 16) {
    sum = f32x4.add(sum, f32x4.mul(load4(g), load4(g)));
  }
  return (
    f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) +
    f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3)
  );
}
