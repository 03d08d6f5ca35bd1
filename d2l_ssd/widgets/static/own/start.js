/** What is shown before there is a picture. */

import { element, heading, note } from "../lib/dom.js";
import { makeButton } from "../playground/controls.js";
import { makePart, makeRow } from "./rows.js";
import { MAX_PICTURES } from "./state.js";

/** @type {[title: string, text: string][]} */
const HOW = [
  [
    "Pictures and boxes.",
    "Take about twenty pictures of one thing: near, far, turned, in the corners, in other light. Draw a box around it in each. Take five more of the same places without it.",
  ],
  [
    "Teach.",
    "A small network learns from them in this page, in about a minute.",
  ],
  [
    "Watch.",
    "It finds that thing in your camera, in other pictures, in a video.",
  ],
];

/**
 * @param {import("./actions.js").Actions} actions
 * @param {() => void} choose opens the list of files
 */
export function makeStart({ tryExample, shoot }, choose) {
  const example = makeButton("Try the example", tryExample, "d2l-pg-train");
  const node = makePart(
    "start",
    makePart(
      "begin",
      example,
      note("No camera needed: a toy, drawn 25 times, with its boxes."),
      heading("Or teach it a thing of your own"),
      makeRow(
        makeButton("Use the camera", shoot.open),
        makeButton("Choose pictures", choose),
      ),
      note(
        `You can also drop pictures on this page, or paste one: up to ${MAX_PICTURES}.`,
      ),
    ),
    element(
      "ol",
      {},
      ...HOW.map(([title, text]) =>
        element("li", {}, element("strong", {}, title), ` ${text}`),
      ),
    ),
  );
  /** @param {import("./state.js").State} state */
  const show = ({ pictures, source, busy }) => {
    node.hidden = pictures.length > 0 || source?.kind === "camera";
    example.disabled = Boolean(busy);
  };
  return { node, show };
}

/**
 * Choose files, by a button elsewhere.
 *
 * @param {string} accept
 * @param {(files: File[]) => void} take
 */
export function makeFileInput(accept, take) {
  const node = element("input", {
    ...{ type: "file", accept, multiple: true, hidden: true },
    onchange() {
      take([...(node.files ?? [])]);
      node.value = "";
    },
  });
  return { node, open: () => node.click() };
}
