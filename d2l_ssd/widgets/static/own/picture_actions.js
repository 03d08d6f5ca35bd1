/** What a reader does with pictures and with the names of things. */

import { drawExample, EXAMPLE_NAME } from "../own_engine/example.js";
import { nameApart, withoutSame } from "./apart.js";
import { readPictures } from "./files.js";
import { makeRemoving } from "./remove_actions.js";
import { makeNameActions } from "./name_actions.js";
import { isTrained, MAX_PICTURES } from "./state.js";

/** @typedef {import("./actions.js").Context} Context */
/** @typedef {import("../lib/labels.js").Labels} Labels */
/** @typedef {import("./state.js").Picture} Picture */

const EXAMPLE = { seed: 1, count: 25 };
const FULL = `${MAX_PICTURES} pictures are as many as there is room for: remove one first.`;

/**
 * @param {Context} context
 * @param {object} teach
 * @param {() => void} teach.forget what these pictures have taught
 * @param {() => void} teach.retrain goes on with what has changed
 * @param {(kept: { weights: Uint8Array<ArrayBuffer> }) => void} teach.comeBack
 */
export function makePictureActions(context, teach) {
  const { forget, retrain } = teach;
  const select = makeSelect(context);
  return {
    ...makeNameActions(context, forget),
    ...makeExampleActions(context, teach, select),
    ...makeReading(context, teach, select),
    ...makeBoxActions(context, retrain, select),
    ...makeRemoving(context, retrain, select),
    select,
    /** Delete all pictures. */
    clear() {
      Object.assign(context.state, { pictures: [], classes: ["thing"] });
      context.keep.clear();
      forget();
      context.changed();
      select("");
    },
  };
}

/**
 * What is done with the selected picture.
 *
 * @param {Context} context
 * @param {() => void} retrain
 * @param {ReturnType<typeof makeSelect>} select
 */
function makeBoxActions({ state, keep, changed }, retrain, select) {
  return {
    /** @param {Labels} labels of the picture that is selected */
    label(labels) {
      const picture = selectedPicture(state);
      if (!picture) return;
      picture.labels = labels;
      keep.put(picture);
      if (picture.ready) retrain();
      changed();
      select(picture.id, !labels.classes.length);
    },
    /** The boxes of the selected picture are right: go on to the next one. */
    confirm() {
      const picture = selectedPicture(state);
      if (!picture) return;
      if (!picture.ready) {
        picture.ready = true;
        keep.put(picture);
        retrain();
        changed();
      }
      state.removed = null;
      select(nextId(state, picture));
    },
  };
}

/** @param {import("./state.js").State} state */
export function selectedPicture({ pictures, selected }) {
  return pictures.find(({ id }) => id === selected) ?? null;
}

/**
 * The picture that comes after one: the next that waits for its boxes, or, if none
 * does, the next.
 *
 * @param {import("./state.js").State} state
 * @param {Picture} picture
 */
export function nextId({ pictures }, picture) {
  const at = pictures.indexOf(picture);
  const after = [...pictures.slice(at + 1), ...pictures.slice(0, at)];
  const next = after.find(({ ready }) => !ready) ?? after[0] ?? picture;
  return next.id;
}

/**
 * Make what shows a picture in the editor, and asks the detector about it.
 *
 * @param {Context} context
 */
function makeSelect({ state, send, update }) {
  /**
   * @param {string} id
   * @param {boolean} [isAsked] whether proposals are wanted for a ready one, too
   */
  return (id, isAsked = false) => {
    state.selected = id;
    const picture = selectedPicture(state);
    if (picture && (!picture.ready || isAsked) && isTrained(state)) {
      send({ type: "frame", id: `boxes ${id}`, pixels: picture.pixels });
    }
    update();
  };
}

/**
 * Make what puts pictures beside those that are there.
 *
 * @param {Context} context
 * @param {Parameters<typeof makePictureActions>[1]} teach
 * @param {(id: string) => void} select
 */
function makeAdd({ state, update, keep, changed }, teach, select) {
  /** @param {Picture[]} pictures */
  return (pictures) => {
    if (pictures.length && state.aside) {
      const { weights } = state.aside;
      leave(state);
      teach.forget(); // the example's detector
      if (weights) teach.comeBack({ weights });
      changed();
    }
    nameApart(state.pictures, pictures);
    state.pictures = [...state.pictures, ...pictures];
    pictures.forEach((picture) => keep.put(picture));
    const waiting = state.pictures.find(({ ready }) => !ready);
    const isIdle = selectedPicture(state)?.ready ?? true;
    if (waiting && isIdle) select(waiting.id);
    else update();
  };
}

/**
 * @param {Context} context
 * @param {Parameters<typeof makePictureActions>[1]} teach
 * @param {(id: string) => void} select
 */
function makeReading(context, teach, select) {
  const { state, update, say } = context;
  const add = makeAdd(context, teach, select);
  /** How many pictures there is room for; says so where there is none. */
  const roomNow = () => {
    const { pictures } = state.aside ?? state;
    const room = MAX_PICTURES - pictures.length;
    if (room < 1) say(FULL);
    return room;
  };
  return {
    ...{ add, room: roomNow },
    /** @param {Parameters<typeof readPictures>[0]} source */
    async read(source) {
      const room = roomNow();
      if (room < 1 || state.busy) return;
      const { pictures, problems } = await readPictures(
        source,
        room,
        (done, count) => {
          state.busy = `Reading picture ${Math.min(done + 1, count)} of ${count} …`;
          update();
        },
      );
      state.busy = "";
      const fresh = withoutSame((state.aside ?? state).pictures, pictures);
      const same = pictures.length - fresh.length;
      if (same)
        problems.push(`Pictures that are here already: ${same} left out.`);
      say(problems.join(" "));
      add(fresh);
    },
  };
}

/**
 * @param {Context} context
 * @param {Parameters<typeof makePictureActions>[1]} teach
 * @param {(id: string) => void} select
 */
function makeExampleActions(context, { forget, comeBack }, select) {
  const { state, update, say, changed } = context;
  return {
    /** Draw the example's pictures; the reader's own come back later. */
    async drawExample() {
      state.busy = "Drawing the example’s pictures …";
      update();
      await new Promise((done) => setTimeout(done, 30)); // it shall be read
      const { pictures, classes, weights } = state;
      state.aside ??= { pictures, classes, weights };
      state.pictures = drawExample(EXAMPLE.seed, EXAMPLE.count);
      state.classes = [EXAMPLE_NAME];
      state.busy = "";
      say("");
      forget();
      changed();
      select(state.pictures[0].id);
    },
    leaveExample() {
      const weights = state.aside?.weights;
      leave(state);
      forget();
      if (weights) comeBack({ weights });
      changed();
      select(state.pictures[0]?.id ?? "");
    },
  };
}

/**
 * Put the example away.
 *
 * @param {import("./state.js").State} state
 */
function leave(state) {
  if (state.aside) {
    const { pictures, classes } = state.aside;
    Object.assign(state, { pictures, classes });
  }
  state.aside = null;
}
