/** The reader's pictures, names and detector, kept by the browser as they change. */

import { openStore } from "./store.js";

/** @typedef {import("./state.js").Picture} Picture */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {ReturnType<typeof makeKeeping>} Keeping */

const REST_MS = 300; // a box changes many times while it is dragged

/**
 * @param {import("./state.js").State} state
 * @param {(sentence: string) => void} say what cannot be kept
 * @param {boolean} isOn whether this page's pictures are the browser's to keep
 * @param {() => Promise<Store>} open the browser's store
 */
export function makeKeeping(state, say, isOn, open = openStore) {
  const { dataset } = document.documentElement;
  // The first page of several has what the browser keeps
  const opened = isOn && !dataset.ownThing ? open() : null;
  if (opened) dataset.ownThing = "has the pictures";
  const queue = makeQueue();
  /** @type {Store | null} at hand when the page is left: then nothing waits */
  let store = null;
  opened?.then((one) => (store = one));
  /**
   * @param {string} key
   * @param {(store: Store) => Promise<string>} work
   */
  const later = (key, work) => {
    if (!opened || state.aside) return;
    queue.put(key, async () => {
      const problem = await work(store ?? (await opened));
      if (problem) say(problem);
    });
  };
  /** What belongs to all pictures. */
  const names = () => {
    const { classes, weights, settings } = state;
    const { small } = settings; // other weights would not fit
    later(" ", (store) => store.settings.put({ classes, weights, small }));
  };
  return {
    names,
    close() {
      queue.close();
      if (opened) delete dataset.ownThing;
    },
    /** @param {Picture} picture whose boxes mean nothing without the names */
    put(picture) {
      later(picture.id, (store) => store.put(picture));
      names();
    },
    /** @param {string} id */
    remove: (id) => later(id, (store) => store.remove(id)),
    clear() {
      if (!state.aside) queue.clear();
      later("", (store) => store.clear());
    },
    restore: () => restore(opened),
  };
}

/**
 * Read what was kept.
 *
 * @param {Promise<Store> | null} opened
 */
async function restore(opened) {
  const store = await opened;
  if (!store) return null;
  const [pictures, kept] = [await store.all(), await store.settings.get()];
  return { pictures, kept, problem: store.problem };
}

/**
 * Work that waits for a rest, each in place of what was to be done before under its
 * key; what waits when the page is left is done at once.
 */
function makeQueue() {
  /** @type {Map<string, () => void>} */
  const waiting = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const flush = () => {
    clearTimeout(timer);
    for (const run of waiting.values()) run();
    waiting.clear();
  };
  addEventListener("pagehide", flush);
  return {
    clear: () => waiting.clear(),
    /**
     * @param {string} key
     * @param {() => void} run
     */
    put(key, run) {
      waiting.set(key, run);
      clearTimeout(timer);
      timer = setTimeout(flush, REST_MS);
    },
    close() {
      removeEventListener("pagehide", flush);
      flush();
    },
  };
}
