/** Pictures that are dropped, chosen or pasted. */

import { HEAD, kindOf } from "./kinds.js";
import { makeKeptPicture } from "./pixels.js";
import { sayFull, sayRefused } from "./problems.js";

/** @typedef {import("./pixels.js").KeptPicture} KeptPicture */
/** @typedef {import("./problems.js").Reason} Reason */
/** @typedef {import("./problems.js").Refused} Refused */

const NOTHING =
  "There is no picture file here: save the picture as a file first, then choose it.";

class FileError extends Error {
  /**
   * @param {string} name
   * @param {Reason} reason
   */
  constructor(name, reason) {
    super(sayRefused([{ name, reason }])[0]);
    this.reason = reason;
  }
}

/**
 * Read pictures, one after the other: a photograph takes much memory.
 *
 * @param {Iterable<File> | DataTransfer | ClipboardEvent} source
 * @param {number} room for so many pictures
 * @param {(done: number, count: number) => void} [progress]
 * @returns {Promise<{ pictures: KeptPicture[], problems: string[] }>} problems are
 *   sentences
 */
export async function readPictures(source, room, progress = () => {}) {
  const files = await filesOf(source);
  /** @type {KeptPicture[]} */
  const pictures = [];
  /** @type {Refused[]} */
  const refused = [];
  let done = 0;
  for (; done < files.length && pictures.length < room; done++) {
    progress(done, files.length);
    const { name } = files[done];
    try {
      pictures.push(await readPicture(files[done], name));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      refused.push({ name, reason: error.reason });
    }
  }
  progress(done, files.length);
  const left = files.length - done;
  const problems = sayRefused(refused);
  if (left) problems.push(sayFull(left, files.length, room));
  if (!files.length) problems.push(NOTHING);
  return { pictures, problems };
}

/**
 * Read a picture, upright.
 *
 * @param {Blob} file
 * @param {string} name
 * @returns {Promise<KeptPicture & { blob: Blob }>}
 * @throws {Error} with a sentence
 */
export async function readPicture(file, name) {
  const { kind, type } = kindOf(await headOf(file, name));
  const reason = kind === "picture" ? "damaged" : kind;
  if (!type) throw new FileError(name, reason);
  try {
    // Also what only some browsers read, like HEIC
    const bitmap = await createImageBitmap(file.slice(0, file.size, type), {
      imageOrientation: "from-image",
    });
    const picture = await makeKeptPicture(bitmap, bitmap, name);
    bitmap.close();
    return picture;
  } catch {
    throw new FileError(name, reason);
  }
}

/**
 * @param {Blob} file
 * @param {string} name
 */
async function headOf(file, name) {
  try {
    return new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
  } catch {
    throw new FileError(name, "gone");
  }
}

/**
 * List the files, and those in folders.
 *
 * @param {Iterable<File> | DataTransfer | ClipboardEvent} source
 * @returns {Promise<File[]>}
 */
async function filesOf(source) {
  const data = "clipboardData" in source ? source.clipboardData : source;
  if (!data) return [];
  if (!("items" in data)) return [...data];
  // At once: when the event is over, the list is empty
  const items = [...data.items].filter(({ kind }) => kind === "file");
  const found = items.map((item) => {
    const entry = item.webkitGetAsEntry?.();
    return entry?.isDirectory ? entry : item.getAsFile();
  });
  return listFiles(found);
}

/**
 * @param {(FileSystemEntry | File | null)[]} found
 * @returns {Promise<File[]>}
 */
async function listFiles(found) {
  const lists = found.map((one) => filesIn(one).catch(() => [])); // one is gone
  return (await Promise.all(lists)).flat();
}

/**
 * @param {FileSystemEntry | File | null} found
 * @returns {Promise<File[]>}
 */
async function filesIn(found) {
  if (!found) return [];
  if (found instanceof File) return [found];
  if (found.name.startsWith(".")) return []; // the system's own notes
  if (found.isFile) {
    const entry = /** @type {FileSystemFileEntry} */ (found);
    return [await new Promise((...done) => entry.file(...done))];
  }
  const folder = /** @type {FileSystemDirectoryEntry} */ (found);
  const reader = folder.createReader();
  /** @type {File[]} */
  const files = [];
  for (;;) {
    /** @type {FileSystemEntry[]} a hundred at most */
    const entries = await new Promise((...done) => reader.readEntries(...done));
    if (!entries.length) return files;
    files.push(...(await listFiles(entries)));
  }
}
