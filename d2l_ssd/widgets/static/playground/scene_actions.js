/** What a reader does on scenes: moves own shapes, asks about boxes and anchors. */

import { smallestBoxAt } from "../lib/boxes.js";
import { colorShapes } from "./own.js";
import { chooseShown } from "./pictures.js";
import { isGuessing } from "./state.js";

/** @typedef {import("./actions.js").Context} Context */

/** @param {Context} context */
export function makeSceneActions(context) {
  const { state, send, update } = context;
  /**
   * @param {number} scene
   * @param {number} anchor
   */
  const look = (scene, anchor) => {
    state.selected = { scene, anchor };
    state.open = "inside";
    send({ type: "look", scene, anchor });
    update();
  };
  return {
    ...makeShapeActions(context),
    look,
    /** @param {number | null} scene that a phone enlarges */
    zoom(scene) {
      state.zoomed = scene;
      update();
    },
    /**
     * Look inside the box, or the positive anchor, at a place of a scene.
     *
     * @param {number} scene
     * @param {[number, number]} place in [0, 1]
     */
    point(scene, place) {
      if (!state.runs.now.count) return;
      const anchor = anchorAt(context, scene, place);
      if (anchor >= 0) look(scene, anchor);
    },
  };
}

/**
 * @param {Context} context
 * @param {number} scene
 * @param {[number, number]} place
 */
function anchorAt({ state, derived }, scene, place) {
  if (state.view === "targets") {
    const { anchors, matched } = derived.matches();
    const rows = matched[scene].anchors;
    return rows[smallestBoxAt(anchors, rows, place)] ?? -1;
  }
  const found = state.found[scene];
  if (!found) return -1;
  const objects = derived.scenes()[scene].labels.classes.length;
  const { show } = state.settings;
  const { all } = chooseShown(found, objects, show, isGuessing(state));
  const d = smallestBoxAt(found.boxes, [...Array(all).keys()], place);
  return found.anchors[d] ?? -1;
}

/** @param {Context} context */
function makeShapeActions({ state, send, update, changed }) {
  /**
   * @param {number} k
   * @param {import("../engine/scenes.js").Shape} shape
   */
  const change = (k, shape) => {
    state.own = state.own.map((one, i) => (i === k ? shape : one));
    state.ownIsNew = true;
    state.selectedShape = k;
    send({ type: "own", shapes: state.own });
    changed();
    update();
  };
  return {
    own: {
      shapes: () => state.own,
      change,
      /** @param {import("../engine/own_shapes.js").OwnShape[]} shapes */
      replace(shapes) {
        state.own = colorShapes(shapes);
        state.ownIsNew = true;
        send({ type: "own", shapes: state.own });
      },
      /** @param {number} k */
      select(k) {
        state.selectedShape = k;
        update();
      },
    },
    /** @param {number} label */
    turn(label) {
      const k = state.selectedShape;
      if (state.own[k]) change(k, { ...state.own[k], label });
    },
  };
}
