/** The camera takes pictures that teach. */

/** @typedef {import("./state.js").State} State */

/**
 * @param {import("./actions.js").Context} context
 * @param {ReturnType<typeof import("./watch_actions.js").makeWatchActions>} watch
 * @param {ReturnType<typeof import("./picture_actions.js").makePictureActions>} pictures
 * @param {(step: State["step"]) => void} go
 */
export function makeShootActions({ state, say }, watch, pictures, go) {
  let isOn = false; // whether it goes on when all boxes are drawn
  let number = 0;
  const open = async () => {
    go("pictures");
    isOn = true;
    await watch.openCamera();
    isOn = Boolean(state.source);
    state.hasCamera ||= isOn;
  };
  return {
    open,
    async take() {
      if (pictures.room() < 1) return;
      try {
        number += 1;
        const shot = await state.source?.shoot?.(`camera-${number}`);
        if (shot) pictures.add([shot]);
      } catch (error) {
        say(/** @type {Error} */ (error).message);
      }
    },
    /** Draw the boxes of what has been taken. */
    label() {
      watch.close();
      const waiting = state.pictures.find(({ ready }) => !ready);
      if (waiting) pictures.select(waiting.id);
    },
    stop() {
      isOn = false;
      watch.close();
      pictures.select(state.selected);
    },
    goOn: () => (isOn ? open() : undefined),
  };
}
