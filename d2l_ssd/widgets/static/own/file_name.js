/** Names of the files that the page writes. */

/**
 * A name of things that no shell and no system minds.
 *
 * @param {string[]} classes
 * @param {string} ending
 */
export function fileName(classes, ending) {
  const plain = classes.join("_").normalize("NFC");
  const safe = plain.replace(/[^\p{L}\p{M}\p{N}-]+/gu, "_");
  const short = safe.replace(/^[-_]+|_+$/g, "").slice(0, 60);
  return `${short || "thing"}${ending}`;
}
