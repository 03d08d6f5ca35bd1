/** The sections under the first screen, closed until somebody opens one. */

import { element } from "../lib/dom.js";
import { makeButton } from "./controls.js";

/**
 * @typedef {object} Section
 * @property {string} id in addresses
 * @property {string} title
 * @property {HTMLElement} node
 */

/**
 * Make a row of buttons, of which each opens a section and closes the others.
 *
 * @param {Section[]} sections
 * @param {(id: string) => void} open "" closes
 */
export function makeSections(sections, open) {
  let now = "";
  const buttons = sections.map(({ id, title }) => {
    const toggle = () => open(now === id ? "" : id);
    const button = makeButton(title, toggle, "d2l-pg-tab");
    button.dataset.section = id;
    return button;
  });
  const panels = sections.map(({ id, title, node }) =>
    element(
      "section",
      { className: "d2l-pg-panel", "data-section": id, "aria-label": title },
      node,
    ),
  );
  const tabs = element("div", { className: "d2l-pg-tabs" }, ...buttons);
  const node = element(
    "div",
    { className: "d2l-pg-sections" },
    tabs,
    ...panels,
  );
  /** @param {string} id */
  const show = (id) => {
    now = id;
    sections.forEach((section, k) => {
      const isOpen = section.id === id;
      panels[k].hidden = !isOpen;
      buttons[k].setAttribute("aria-expanded", String(isOpen));
    });
  };
  return { node, show };
}
