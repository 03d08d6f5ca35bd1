/** What the drivers of browsers know of explorers: their controls, and how they look. */

export const PLAYGROUND = ".d2l-playground";
export const CONTROL =
  ":is(input:is([type=range], [type=checkbox]), select):enabled";
/** One of them moves any control. */
export const KEYS = ["ArrowRight", "ArrowDown", " "];

const SETTLED = 400; // milliseconds

/** Return all that a widget shows, pixels included; runs in the page. */
export function looks(/** @type {Element} */ widget) {
  const pixels = [...widget.querySelectorAll("canvas")].map((canvas) =>
    canvas.width && canvas.height ? canvas.toDataURL() : "",
  );
  return [/** @type {HTMLElement} */ (widget).innerText, ...pixels].join("\n");
}

/** Give a page the time to draw. */
export function settle() {
  return new Promise((resolve) => setTimeout(resolve, SETTLED));
}
