/** What a reader does with the names of things. */

import { MAX_CLASSES, readyPictures } from "./state.js";

/**
 * @param {import("./actions.js").Context} context
 * @param {() => void} forget
 */
export function makeNameActions(
  { state, send, update, keep, changed },
  forget,
) {
  /** @param {string[]} classes */
  const set = (classes) => {
    const others = classes.length !== state.classes.length;
    state.classes = classes;
    if (others)
      forget(); // another network
    else {
      send({ type: "live", settings: state.settings, classes });
      if (state.weights) send({ type: "save" }); // with their names
    }
    keep.names();
    changed();
    update();
  };
  return {
    /**
     * @param {number} k
     * @param {string} name
     */
    rename(k, name) {
      const { classes } = state;
      const given = name.trim() || "thing";
      const isTaken = classes.some((old, i) => i !== k && old === given);
      const own = isTaken ? `${given} ${k + 1}` : given;
      set(classes.map((old, i) => (i === k ? own : old)));
    },
    addThing() {
      const { length } = state.classes;
      if (length >= MAX_CLASSES) return;
      lookAgain(state, keep);
      set([...state.classes, `thing ${length + 1}`]);
    },
    /** Take the last thing away, if no box is one. */
    dropThing() {
      const last = state.classes.length - 1;
      const isUsed = state.pictures.some(({ labels }) =>
        labels.classes.includes(last),
      );
      if (last && !isUsed) set(state.classes.slice(0, last));
    },
  };
}

/**
 * Let all pictures wait again, with their boxes: they may show a new thing, too.
 *
 * @param {import("./state.js").State} state
 * @param {import("./keeping.js").Keeping} keep
 */
function lookAgain(state, keep) {
  for (const picture of readyPictures(state)) {
    picture.ready = false;
    keep.put(picture);
  }
}
