/** The page's theme, light or dark, and its colors. */

import { lightness } from "./colors.js";

/** @typedef {{ text: string, muted: string, line: string, panel: string }} Colors */

/**
 * Make the colors of a page that nobody has looked at yet.
 *
 * @returns {Colors}
 */
export function makeColors() {
  return { text: "", muted: "", line: "", panel: "" };
}

/**
 * Read the theme's colors from an element's style.
 *
 * @param {Element} node
 * @param {Colors} colors written to
 * @returns {boolean} whether they are others than before
 */
export function readColors(node, colors) {
  const before = Object.values(colors).join();
  const style = getComputedStyle(node);
  for (const name of /** @type {(keyof Colors)[]} */ (Object.keys(colors))) {
    colors[name] = style.getPropertyValue(`--d2l-${name}`).trim() || "#888888";
  }
  return Object.values(colors).join() !== before;
}

/**
 * Whether the page around a node is dark: Sphinx, JupyterLab, VS Code and Colab say
 * so in an attribute; elsewhere the background tells.
 *
 * @param {Element} node
 */
export function isDark(node) {
  const [html, body] = [document.documentElement, document.body];
  const { jpThemeLight, vscodeThemeKind } = body.dataset;
  if (html.dataset.theme) return html.dataset.theme === "dark";
  if (jpThemeLight) return jpThemeLight === "false";
  if (vscodeThemeKind) return !vscodeThemeKind.includes("light");
  if (html.hasAttribute("theme")) return html.getAttribute("theme") === "dark";
  return hasDarkGround(node);
}

/** @param {Element | null} node */
function hasDarkGround(node) {
  for (; node; node = node.parentElement) {
    const { backgroundColor } = getComputedStyle(node);
    const numbers = (backgroundColor.match(/[\d.]+/g) ?? []).map(Number);
    const [red, green, blue, alpha = 1] = numbers;
    if (alpha > 0.5) return lightness([red, green, blue]) < 128;
  }
  return false;
}

/** Where pages say their theme; not in `style`, which every drag of a slider changes. */
const SAYS_THEME = [
  ...["class", "theme", "data-theme"],
  ...["data-jp-theme-light", "data-vscode-theme-kind"],
];

/**
 * Call `handler` when the page's theme may have changed.
 *
 * @param {() => void} handler
 * @returns {() => void} what ends it
 */
export function onThemeChange(handler) {
  const observer = new MutationObserver(handler);
  for (const node of [document.documentElement, document.body]) {
    observer.observe(node, { attributeFilter: SAYS_THEME });
  }
  return () => observer.disconnect();
}
