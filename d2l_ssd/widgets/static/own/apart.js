/** Pictures that come in are told apart from those that are there. */

/** @typedef {import("./pixels.js").KeptPicture} Picture */

/**
 * The pictures that are not there yet: one that is learned from must not be kept back,
 * too.
 *
 * @param {Picture[]} old
 * @param {Picture[]} given
 */
export function withoutSame(old, given) {
  /** @type {Picture[]} */
  const fresh = [];
  for (const picture of given) {
    const isSame = (/** @type {Picture} */ { pixels }) =>
      pixels.every((value, k) => value === picture.pixels[k]);
    if (![...old, ...fresh].some(isSame)) fresh.push(picture);
  }
  return fresh;
}

/**
 * Give pictures names of their own: cameras begin with the same number on each visit,
 * and whoever reads the labels finds a picture by its name.
 *
 * @param {Picture[]} old
 * @param {Picture[]} given
 */
export function nameApart(old, given) {
  const taken = new Set(old.map(({ name }) => name));
  for (const picture of given) {
    const { name } = picture;
    for (let k = 2; taken.has(picture.name); k++) {
      picture.name = name.replace(/(\.[^.]*)?$/, ` (${k})$1`);
    }
    taken.add(picture.name);
  }
}
