/** Names and values of ipywidgets' controls, for screen readers. */

import { setLabel } from "./dom.js";

/**
 * Name the controls under a node by their description: a slider has it only as a
 * text beside it, a group of check boxes as its first label.
 *
 * @param {Element} root
 */
export function nameControls(root) {
  root.querySelectorAll("[role=slider]").forEach(shortenValue);
  root.querySelectorAll(".widget-inline-hbox").forEach(nameSlider);
  for (const box of root.querySelectorAll(".d2l-group")) {
    box.setAttribute("role", "group");
    setLabel(box, labelOf(box));
  }
}

/** @param {Element} box */
function labelOf(box) {
  return box.querySelector(".widget-label")?.textContent ?? "";
}

/**
 * Let a slider's value be read as it is shown, not as 0.24000000000000002.
 *
 * @param {Element} slider
 */
function shortenValue(slider) {
  const text = slider.getAttribute("aria-valuetext") ?? "";
  const short = String(Number(Number(text).toFixed(6)));
  if (text && short !== text && short !== "NaN") {
    slider.setAttribute("aria-valuetext", short);
  }
}

/** @param {Element} row */
function nameSlider(row) {
  const name = labelOf(row);
  if (!name) return;
  const parts = row.querySelectorAll("[role=slider], .widget-readout");
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (parts)) {
    if (!part.hasAttribute("aria-label")) part.setAttribute("aria-label", name);
    if (part.isContentEditable) part.setAttribute("role", "textbox");
  }
}

/**
 * Keep the names right while controls come and move.
 *
 * @param {Element} root
 * @returns {() => void} what ends it
 */
export function keepNames(root) {
  nameControls(root);
  const observer = new MutationObserver(() => nameControls(root));
  observer.observe(root, {
    childList: true,
    subtree: true,
    attributeFilter: ["aria-valuetext"],
  });
  return () => observer.disconnect();
}
