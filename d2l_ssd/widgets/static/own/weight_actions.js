/** Files of the detector: saved, loaded, and back from the last visit. */

import { download } from "../playground/files.js";
import { fileName } from "./file_name.js";

/**
 * @param {import("./actions.js").Context} context
 * @param {() => void} begin
 */
export function makeWeightActions({ state, send, changed, keep }, begin) {
  let wanted = false;
  let isBack = false; // the last visit's
  /** @type {Uint8Array<ArrayBuffer>[]} files that the session is reading */
  const loading = [];
  /**
   * @param {Uint8Array<ArrayBuffer>} bytes of a safetensors file
   * @param {boolean} [isOurs] whether the page has made it itself
   */
  const load = (bytes, isOurs = false) => {
    isBack = isOurs;
    loading.push(bytes);
    if (state.started !== state.runs.now.number) begin();
    send({ type: "load", bytes });
  };
  return {
    save() {
      wanted = true;
      send({ type: "save" });
    },
    load,
    /**
     * Let the last visit's detector be there again.
     *
     * @param {{ weights: Uint8Array<ArrayBuffer>, small?: boolean }} kept
     */
    comeBack({ weights, small = state.settings.small }) {
      state.settings = state.draft = { ...state.settings, small };
      load(weights, true);
    },
    wasKept: () => isBack,
    /** @param {string} type of the session's message */
    hear(type) {
      if (type !== "loaded" && type !== "refused") return;
      const bytes = loading.shift();
      if (type === "loaded") state.weights = bytes ?? null; // not what was saved before
    },
    /** @param {Uint8Array<ArrayBuffer>} bytes */
    take(bytes) {
      state.weights = bytes;
      if (wanted) download(bytes, fileName(state.classes, ".safetensors"));
      wanted = false;
      keep.names();
      changed();
    },
  };
}
