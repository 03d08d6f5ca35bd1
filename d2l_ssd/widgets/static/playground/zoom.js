/** A scene on the whole width of a phone, with the list of what is found. */

import { element, heading, setText } from "../lib/dom.js";
import { makeButton } from "./controls.js";
import { listFound } from "./tables.js";

const PHONE = "(max-width: 640px)"; // as in the styles

/** Whether there is room for one column only, and a finger on it. */
export function isPhone() {
  return matchMedia(PHONE).matches;
}

/**
 * @param {HTMLElement} frames that hold the scenes, in order
 * @param {() => void} close
 */
export function makeZoom(frames, close) {
  const title = heading();
  const list = element("ul");
  const node = element(
    "div",
    { className: "d2l-pg-zoom", hidden: true },
    title,
    makeButton("All scenes", close),
    list,
  );
  /**
   * @param {import("./state.js").State} state
   * @param {import("./state.js").Derived} derived
   */
  const show = (state, derived) => {
    const { zoomed } = state;
    node.hidden = zoomed === null;
    frames.classList.toggle("d2l-pg-one", zoomed !== null);
    [...frames.children].forEach((frame, k) =>
      frame.classList.toggle("d2l-pg-large", k === zoomed),
    );
    if (zoomed === null) return;
    setText(title, `Scene ${zoomed + 1}`);
    const { found, missed } = listFound(state, derived, zoomed);
    const lines = found.map((cells) => cells.join(" "));
    if (missed.length) lines.push(`missed: ${missed.join(", ")}`);
    if (!lines.length) lines.push("Nothing is found yet.");
    if (list.innerText === lines.join("\n")) return;
    list.replaceChildren(...lines.map((line) => element("li", {}, line)));
  };
  return { node, show };
}
