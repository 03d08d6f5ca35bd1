/**
 * The files that a page loads when it is asked to, in a worker: with progress, and
 * kept by the browser for the next time and for where there is no connection.
 */

const STORE = "d2l-ssd-detector";
const GZIP = [0x1f, 0x8b]; // how a compressed file begins

/**
 * @typedef {(loaded: number, total: number) => void} Progress in bytes
 * @typedef {{ url: string, response: Response | undefined, size: number }} Source
 */

/**
 * Load files: those that are kept and have not changed are not loaded again.
 *
 * @param {string[]} urls
 * @param {Progress} progress of all of them
 * @returns {Promise<ArrayBuffer[]>}
 */
export async function loadFiles(urls, progress) {
  const store = await openStore();
  const sources = await Promise.all(urls.map((url) => findSource(url, store)));
  const total = sources.reduce((sum, { size }) => sum + size, 0);
  const loaded = sources.map(() => 0);
  const tell = () =>
    progress(
      Math.min(
        total,
        loaded.reduce((a, b) => a + b),
      ),
      total,
    );
  tell();
  const work = sources.map(async (source, k) => {
    const bytes = await readSource(source, store, (count) => {
      loaded[k] = count;
      tell();
    });
    return inflate(bytes);
  });
  return Promise.all(work);
}

/** Open what keeps files; a page that is not served safely has none. */
async function openStore() {
  try {
    return await caches.open(STORE);
  } catch {
    return null;
  }
}

/**
 * Ask whether the kept file is the one that is served now. Without a connection, it
 * is what there is.
 *
 * @param {string} url
 * @param {Cache | null} store
 * @returns {Promise<Source>}
 */
async function findSource(url, store) {
  const kept = await store?.match(url);
  let head;
  try {
    head = await fetch(url, { method: "HEAD", cache: "no-store" });
  } catch (error) {
    if (kept) return { url, response: kept, size: sizeOf(kept) };
    throw error;
  }
  if (!head.ok) throw new Error(`${head.status} for ${fileName(url)}`);
  const same = kept && versionOf(kept) === versionOf(head);
  return { url, response: same ? kept : undefined, size: sizeOf(head) };
}

/** @param {Response} response */
function sizeOf({ headers }) {
  return Number(headers.get("content-length") ?? 0);
}

/** @param {Response} response */
function versionOf({ headers }) {
  const names = ["etag", "last-modified", "content-length"];
  return names.map((name) => headers.get(name)).join(" ");
}

/** @param {string} url */
function fileName(url) {
  return new URL(url).pathname.split("/").pop();
}

/**
 * Read a kept file, or load it and keep it.
 *
 * @param {Source} source
 * @param {Cache | null} store
 * @param {(count: number) => void} count of bytes that are there
 */
async function readSource({ url, response, size }, store, count) {
  if (response) {
    const bytes = await response.arrayBuffer();
    count(size);
    return bytes;
  }
  const served = await fetch(url, { cache: "no-store" });
  if (!served.ok) throw new Error(`${served.status} for ${fileName(url)}`);
  const bytes = await readStream(served, count);
  // Without room for it, the file is loaded again next time
  await store?.put(url, new Response(bytes, served)).catch(() => {});
  return bytes;
}

/**
 * @param {Response} response
 * @param {(count: number) => void} count
 * @returns {Promise<ArrayBuffer>}
 */
async function readStream(response, count) {
  const reader = response.body?.getReader();
  if (!reader) return response.arrayBuffer();
  /** @type {BlobPart[]} */
  const parts = [];
  for (let sum = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return new Blob(parts).arrayBuffer();
    parts.push(value);
    count((sum += value.length));
  }
}

/**
 * Inflate what is compressed; a server may have done it already.
 *
 * @param {ArrayBuffer} bytes
 * @returns {Promise<ArrayBuffer>}
 */
async function inflate(bytes) {
  const start = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength));
  if (GZIP.some((value, k) => start[k] !== value)) return bytes;
  const packed = new Blob([bytes]).stream();
  const stream = packed.pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}
