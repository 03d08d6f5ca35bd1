/** The life of an explorer's view: from its parts to its end. */

import { keepNames } from "./controls.js";
import { onChange } from "./model.js";
import { isDark, onThemeChange, readColors } from "./theme.js";

/**
 * Put parts into a view's element, and redraw them on every change of a trait, of
 * their size and of the page's theme.
 *
 * @template {object} Traits
 * @param {object} options
 * @param {HTMLElement} options.el
 * @param {import("./types.d.ts").Model<Traits>} options.model
 * @param {(keyof Traits & string)[]} options.watch the traits that are drawn
 * @param {(Node | string)[]} options.children
 * @param {import("./canvas.js").Stage[]} options.stages the canvases in them
 * @param {import("./theme.js").Colors} options.colors kept as the theme has them
 * @param {() => void} options.redraw
 * @param {() => void} [options.retheme] the same when colors have changed
 * @returns {() => void} what ends it
 */
export function openView(options) {
  const { el, model, watch, children, stages, colors, redraw } = options;
  const { retheme = redraw } = options;
  el.classList.add("d2l-view");
  el.append(...children);
  const root = () => el.closest(".d2l-explorer") ?? el;
  const update = () => {
    root().classList.toggle("d2l-dark", isDark(root()));
    if (readColors(el, colors)) retheme();
  };
  const endings = [onThemeChange(update), onChange(model, watch, redraw)];
  // The element is not in the page yet, and the controls may come after it
  const start = requestAnimationFrame(() => {
    update();
    endings.push(keepNames(root()));
  });
  for (const stage of stages) {
    stage.observe();
    endings.push(stage.disconnect);
  }
  return () => {
    cancelAnimationFrame(start);
    for (const end of endings) end();
  };
}

/**
 * Count a drawing in the element's data, for tests.
 *
 * @param {HTMLElement} el
 */
export function countDrawing(el) {
  el.dataset.drawings = String(Number(el.dataset.drawings ?? 0) + 1);
}
