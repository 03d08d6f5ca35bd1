// A page without a browser: its state and actions, and what they told the session.
import { makeActions } from "../../../d2l_ssd/widgets/static/own/actions.js";
import { makeState } from "../../../d2l_ssd/widgets/static/own/state.js";

/** Make a picture with so many boxes. */
export function picture(id, boxes = 1, ready = true) {
  return {
    ...{ id, name: id, width: 40, height: 30, keptBack: false, ready },
    pixels: new Uint8ClampedArray(3),
    labels: {
      classes: Array(boxes).fill(0),
      boxes: new Float32Array(4 * boxes),
      difficult: Array(boxes).fill(false),
    },
    blob: "a file",
  };
}

export function makePage(pictures = [], classes = ["mug"]) {
  const state = makeState({}, classes);
  state.pictures = pictures;
  const page = { state, sent: [], kept: [], said: "", changes: 0 };
  const note =
    (what) =>
    (...given) =>
      page.kept.push([what, given[0]?.id ?? given[0]]);
  const context = {
    ...{ state, video: {}, isCalm: () => false },
    send: (message) =>
      page.sent.push({ run: state.runs.now.number, ...message }),
    say: (sentence) => (state.said = sentence),
    update() {},
    speak() {},
    changed: () => void page.changes++,
    keep: {
      put: note("put"),
      remove: note("remove"),
      clear: note("clear"),
      names: note("names"),
    },
  };
  const actions = makeActions(context);
  /** Let the session say something of this run. */
  const hear = (message) =>
    actions.receive({ run: state.runs.now.number, ...message });
  const types = () => page.sent.map(({ type }) => type);
  return Object.assign(page, { actions, hear, types });
}
