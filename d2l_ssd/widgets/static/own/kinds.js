/** What a file is, by its first bytes: names and types are often wrong. */

/**
 * @typedef {"picture" | "heic" | "tiff" | "video" | "empty" | "other"} Kind
 *
 * @typedef {object} FileKind
 * @property {Kind} kind
 * @property {string} type for browsers that go by it
 */

/** So many bytes are enough. */
export const HEAD = 64;

const BRANDS_AT = 8; // after "ftyp"

/** @type {[start: string, at: number, kind: Kind, type: string][]} */
const STARTS = [
  ["\xff\xd8\xff", 0, "picture", "image/jpeg"],
  ["\x89PNG", 0, "picture", "image/png"],
  ["GIF8", 0, "picture", "image/gif"],
  ["WEBP", 8, "picture", "image/webp"],
  ["BM", 0, "picture", "image/bmp"],
  ["II*\0", 0, "tiff", "image/tiff"],
  ["MM\0*", 0, "tiff", "image/tiff"],
  ["AVI ", 8, "video", ""],
  ["\x1aE\xdf\xa3", 0, "video", ""], // Matroska, WebM
];

/**
 * @param {Uint8Array} head a file's first bytes
 * @returns {FileKind}
 */
export function kindOf(head) {
  if (!head.length) return { kind: "empty", type: "" };
  const text = String.fromCharCode(...head.subarray(0, HEAD));
  const found = STARTS.find(([start, at]) => text.startsWith(start, at));
  if (found) return { kind: found[2], type: found[3] };
  if (text.startsWith("ftyp", 4)) return kindOfBox(text, head[3]);
  return { kind: "other", type: "" };
}

/**
 * HEIC, AVIF, MP4 and QuickTime begin alike: with a list of brands.
 *
 * @param {string} text
 * @param {number} end of the list
 * @returns {FileKind}
 */
function kindOfBox(text, end) {
  const brands = text.slice(BRANDS_AT, end);
  if (/avi[fs]/.test(brands)) return { kind: "picture", type: "image/avif" };
  const still = /^(hei[cxms]|hev[cxms]|mif1|msf1)/.test(brands);
  return still
    ? { kind: "heic", type: "image/heic" }
    : { kind: "video", type: "" };
}
