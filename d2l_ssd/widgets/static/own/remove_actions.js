/** A picture is removed, and brought back. */

import { nextId, selectedPicture } from "./picture_actions.js";
import { MAX_PICTURES } from "./state.js";

/**
 * @param {import("./actions.js").Context} context
 * @param {() => void} retrain
 * @param {(id: string) => void} select
 */
export function makeRemoving({ state, keep, changed }, retrain, select) {
  return {
    /** Remove the selected picture. */
    remove() {
      const picture = selectedPicture(state);
      if (!picture) return;
      const next = nextId(state, picture);
      state.removed = { picture, at: state.pictures.indexOf(picture) };
      state.pictures = state.pictures.filter((one) => one !== picture);
      keep.remove(picture.id);
      if (picture.ready) retrain();
      changed();
      select(next === picture.id ? (state.pictures[0]?.id ?? "") : next);
    },
    /** Bring the picture back that was removed last. */
    bringBack() {
      const { removed, pictures } = state;
      if (!removed || pictures.length >= MAX_PICTURES) return;
      const { picture, at } = removed;
      state.pictures = [
        ...pictures.slice(0, at),
        picture,
        ...pictures.slice(at),
      ];
      state.removed = null;
      keep.put(picture);
      if (picture.ready) retrain();
      changed();
      select(picture.id);
    },
  };
}
