/** Keys on something that has the focus. */

/**
 * Call an action for each of some keys.
 *
 * @param {HTMLElement} target
 * @param {Record<string, () => void>} actions by the key's name
 */
export function onKeys(target, actions) {
  target.addEventListener("keydown", (event) => {
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

/**
 * Step through cells with the arrow keys.
 *
 * @param {HTMLElement} target
 * @param {(rows: number, columns: number) => void} move
 */
export function onCellKeys(target, move) {
  onKeys(target, {
    ArrowUp: () => move(-1, 0),
    ArrowDown: () => move(1, 0),
    ArrowLeft: () => move(0, -1),
    ArrowRight: () => move(0, 1),
  });
}

/**
 * Step through a list with the arrow keys.
 *
 * @param {HTMLElement} target
 * @param {(step: number) => void} move
 */
export function onListKeys(target, move) {
  onKeys(target, {
    ArrowUp: () => move(-1),
    ArrowLeft: () => move(-1),
    ArrowDown: () => move(1),
    ArrowRight: () => move(1),
  });
}
