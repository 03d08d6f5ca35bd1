/** Sentences about files that are no pictures for this page. */

/** @typedef {Exclude<import("./kinds.js").Kind, "picture">} NoPicture */
/** @typedef {NoPicture | "damaged" | "gone"} Reason */
/** @typedef {{ name: string, reason: Reason }} Refused */

const NAMED = 3; // files of a kind

/** @type {Record<Reason, (names: string, isOne: boolean) => string>} */
const SENTENCES = {
  heic: (names) =>
    `This browser cannot open HEIC photographs (${names}): save them as JPEG. On an ` +
    "iPhone, Settings > Camera > Formats > Most Compatible makes new ones JPEGs.",
  tiff: (names) =>
    `This browser cannot open TIFF and raw photographs (${names}): save them as JPEG.`,
  video: (names) =>
    `Videos are not for teaching (${names}): open them in step 3, Watch.`,
  empty: (names, isOne) =>
    `${isOne ? "This file is" : "These files are"} empty (${names}): choose others.`,
  other: (names, isOne) =>
    `${isOne ? "This file is not a picture" : "These files are not pictures"} ` +
    `(${names}): choose JPEG, PNG, WebP, AVIF, GIF or BMP.`,
  damaged: (names, isOne) =>
    `${isOne ? "This picture is" : "These pictures are"} damaged, or too large for ` +
    `this browser (${names}): save smaller copies as JPEG.`,
  gone: (names, isOne) =>
    `The browser can no longer read ${isOne ? "this file" : "these files"} ` +
    `(${names}): choose again.`,
};

/**
 * Say what became of files that were left out, a sentence for each reason.
 *
 * @param {Refused[]} refused
 */
export function sayRefused(refused) {
  return [...new Set(refused.map(({ reason }) => reason))].map((reason) => {
    const names = refused.filter((file) => file.reason === reason);
    const named = listNames(names.map(({ name }) => name));
    return SENTENCES[reason](named, names.length === 1);
  });
}

/** @param {string[]} names */
function listNames(names) {
  const more = names.length - NAMED;
  const named = names.slice(0, NAMED).join(", ");
  return more > 0 ? `${named} and ${more} more` : named;
}

/**
 * Say that files were left out for want of room.
 *
 * @param {number} left
 * @param {number} count of all files
 * @param {number} room for so many pictures there was
 */
export function sayFull(left, count, room) {
  if (!room) return "There is no room for another picture: remove one first.";
  const pictures = room === 1 ? "one more picture" : `${room} more pictures`;
  return `Left out the last ${left} of ${count} files: there was room for ${pictures}.`;
}
