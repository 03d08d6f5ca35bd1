/** Elements, and texts in them that change only if they must. */

/**
 * Make an element with properties, attributes (names with a dash, or role) and
 * children.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [properties]
 * @param {...(Node | string)} children
 */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") {
      node.setAttribute(name, String(value));
    } else Object.assign(node, { [name]: value });
  }
  node.append(...children);
  return node;
}

/**
 * Make a column of parts.
 *
 * @param {...(Node | string)} children
 */
export function column(...children) {
  return element("div", { className: "d2l-side" }, ...children);
}

/**
 * Make a paragraph of small text.
 *
 * @param {string} [text]
 * @param {string} [className]
 */
export function note(text = "", className = "") {
  return element("p", { className: `d2l-note ${className}`.trim() }, text);
}

/**
 * Make a heading.
 *
 * @param {string} [text]
 */
export function heading(text = "") {
  return element("p", { className: "d2l-heading" }, text);
}

/**
 * Make a button of the explorers.
 *
 * @param {string} text
 * @param {() => void} onclick
 * @param {string} [name] that a screen reader says, if it is not the text
 */
export function makeButton(text, onclick, name = text) {
  return element("button", {
    className: "d2l-button",
    type: "button",
    textContent: text,
    "aria-label": name,
    onclick,
  });
}

/**
 * Change a text if it is another: no layout for a number that stays.
 *
 * @param {Element} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Change the name that a screen reader says, if it is another.
 *
 * @param {Element} node
 * @param {string} text
 */
export function setLabel(node, text) {
  if (node.getAttribute("aria-label") !== text) {
    node.setAttribute("aria-label", text);
  }
}
