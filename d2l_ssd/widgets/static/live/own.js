/** A picture of the reader's own: chosen or dropped, and read by the page alone. */

/**
 * Read a picture; null where it is none.
 *
 * @param {File} file
 * @returns {Promise<ImageBitmap | null>}
 */
export async function readPicture(file) {
  try {
    return await createImageBitmap(file);
  } catch {
    return null;
  }
}

/**
 * Take pictures that are dropped on a node.
 *
 * @param {HTMLElement} node
 * @param {(file: File) => void} take
 */
export function onDrop(node, take) {
  node.addEventListener("dragover", (event) => event.preventDefault());
  node.addEventListener("drop", (event) => {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file) take(file);
  });
}
