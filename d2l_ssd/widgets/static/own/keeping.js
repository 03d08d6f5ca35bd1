/** The reader's pictures and the names of things, kept by the browser as they change. */

import { openStore } from "./store.js";

/** @typedef {import("./state.js").Picture} Picture */
/** @typedef {ReturnType<typeof makeKeeping>} Keeping */

const REST_MS = 300; // a box changes many times while it is dragged

/**
 * @param {import("./state.js").State} state
 * @param {(sentence: string) => void} say what cannot be kept
 * @param {boolean} isOn whether this page's pictures are the browser's to keep
 */
export function makeKeeping(state, say, isOn) {
  const opened = isOn ? openStore() : null;
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  const waiting = new Map();
  /**
   * Do this after a rest, and in place of what was to be done before.
   *
   * @param {string} key
   * @param {(store: import("./store.js").Store) => Promise<string>} work
   */
  const later = (key, work) => {
    if (!opened || state.aside) return;
    clearTimeout(waiting.get(key));
    const run = async () => {
      const problem = await work(await opened);
      if (problem) say(problem);
    };
    waiting.set(key, setTimeout(run, REST_MS));
  };
  return {
    /** @param {Picture} picture */
    put: (picture) => later(picture.id, (store) => store.put(picture)),
    /** @param {string} id */
    remove: (id) => later(id, (store) => store.remove(id)),
    clear() {
      if (state.aside) return;
      for (const timer of waiting.values()) clearTimeout(timer);
      later("", (store) => store.clear());
    },
    names() {
      const { classes } = state;
      later(" ", (store) => store.settings.put({ classes }));
    },
    /** Read what was kept. */
    async restore() {
      const store = await opened;
      if (!store) return null;
      const [pictures, kept] = [await store.all(), await store.settings.get()];
      return { pictures, kept, problem: store.problem };
    },
  };
}
