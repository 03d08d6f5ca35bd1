/** Where a pointer is on a canvas. */

/** @typedef {[x: number, y: number]} Point */

/**
 * Where an event is on a canvas, in CSS pixels from its upper left corner.
 *
 * @param {MouseEvent} event
 * @param {HTMLCanvasElement} canvas
 * @returns {Point}
 */
export function pixelAt(event, canvas) {
  const { left, top } = canvas.getBoundingClientRect();
  return [event.clientX - left, event.clientY - top];
}

/**
 * Where an event is on a canvas, in [0, 1] of its width and height.
 *
 * @param {MouseEvent} event
 * @param {HTMLCanvasElement} canvas
 * @returns {Point}
 */
export function placeAt(event, canvas) {
  const { width, height } = canvas.getBoundingClientRect();
  const [x, y] = pixelAt(event, canvas);
  return [x / width, y / height];
}

/**
 * Call `handler` where a pointer moves over a target, or comes down on it.
 *
 * @param {HTMLElement} target
 * @param {(event: PointerEvent) => void} handler
 */
export function onPoint(target, handler) {
  target.addEventListener("pointermove", handler);
  target.addEventListener("pointerdown", handler);
}

/**
 * Call `handler` where a pointer comes down on a target, or is dragged over it.
 *
 * @param {HTMLElement} target
 * @param {(event: PointerEvent) => void} handler
 */
export function onDrag(target, handler) {
  onPoint(target, (event) => {
    if (event.type !== "pointermove" || event.buttons) handler(event);
  });
}
