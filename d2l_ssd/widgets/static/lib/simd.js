/** Whether a browser's WebAssembly computes on four numbers at a time. */

// (module (func i32.const 0 i8x16.splat drop)): without SIMD it is not valid
const MODULE = [
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // "\0asm", version 1
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00], // a type: nothing to nothing
  ...[0x03, 0x02, 0x01, 0x00], // a function of that type
  ...[0x0a, 0x09, 0x01, 0x07, 0x00, 0x41, 0x00, 0xfd, 0x0f, 0x1a, 0x0b],
];

export function hasSimd() {
  if (typeof WebAssembly !== "object") return false;
  return WebAssembly.validate(Uint8Array.from(MODULE));
}
