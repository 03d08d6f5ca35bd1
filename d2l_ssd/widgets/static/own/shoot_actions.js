/** The camera takes pictures that teach. */

/** @typedef {import("./state.js").State} State */

/**
 * Make what takes a picture; says whether it has.
 *
 * @param {import("./actions.js").Context} context
 * @param {ReturnType<typeof import("./picture_actions.js").makePictureActions>} pictures
 */
function makeTake({ state, say }, pictures) {
  let number = 0;
  return async () => {
    if (pictures.room() < 1) return false;
    try {
      number += 1;
      const shot = await state.source?.shoot?.(`camera-${number}`);
      if (shot) pictures.add([shot]);
      return Boolean(shot);
    } catch (error) {
      say(/** @type {Error} */ (error).message);
      return false;
    }
  };
}

/**
 * @param {import("./actions.js").Context} context
 * @param {ReturnType<typeof import("./watch_actions.js").makeWatchActions>} watch
 * @param {ReturnType<typeof import("./picture_actions.js").makePictureActions>} pictures
 * @param {(step: State["step"]) => void} go
 */
export function makeShootActions(context, watch, pictures, go) {
  const { state, say } = context;
  const take = makeTake(context, pictures);
  let isOn = false; // whether it goes on when all boxes are drawn
  const open = async () => {
    go("pictures");
    isOn = true;
    await watch.openCamera();
    isOn = Boolean(state.source);
    state.hasCamera ||= isOn;
  };
  return {
    open,
    take,
    /** Keep what is watched as a picture: one where it misses teaches most. */
    async keepFrame() {
      if (!state.aside && (await take())) {
        say("Kept among your pictures: draw its box there.");
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
