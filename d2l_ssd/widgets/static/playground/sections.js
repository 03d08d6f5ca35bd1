/** The sections under the first screen, closed until somebody opens one. */

import { element } from "../lib/dom.js";
import { makeButton } from "./controls.js";

/**
 * @typedef {object} Section
 * @property {string} id in addresses
 * @property {string} title
 * @property {HTMLElement} node
 * @property {boolean} [beside] the scenes, not below
 */

/**
 * Make a row of buttons, of which each opens a section and closes the others. Those
 * that one looks at together with the scenes lie beside them, over the curves.
 *
 * @param {Section[]} sections
 * @param {(id: string) => void} open "" closes
 */
export function makeSections(sections, open) {
  let now = "";
  const buttons = sections.map(({ id, title, node }) => {
    const toggle = () => open(now === id ? "" : id);
    const button = makeButton(title, toggle, "d2l-pg-tab");
    button.dataset.section = id;
    button.hidden = !node.hasChildNodes(); // a place for what is to come
    return button;
  });
  const panels = sections.map((section) =>
    makePanel(section, () => {
      open("");
      buttons[sections.indexOf(section)].focus();
    }),
  );
  /** @param {boolean} beside */
  const panelsOf = (beside) =>
    panels.filter((_, k) => Boolean(sections[k].beside) === beside);
  const tabs = element("div", { className: "d2l-pg-tabs" }, ...buttons);
  const node = element(
    "div",
    { className: "d2l-pg-sections" },
    tabs,
    ...panelsOf(false),
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
  return { node, beside: panelsOf(true), show };
}

/**
 * @param {Section} section
 * @param {() => void} close
 */
function makePanel({ id, title, node, beside }, close) {
  const className = `d2l-pg-panel ${beside ? "d2l-pg-beside" : ""}`;
  const cross = makeButton("✕", close, "d2l-pg-close");
  cross.setAttribute("aria-label", `Close ${title}`);
  const panel = element(
    "section",
    { className, "data-section": id, "aria-label": title },
    cross,
    node,
  );
  panel.addEventListener("keydown", ({ key }) => key === "Escape" && close());
  return panel;
}
