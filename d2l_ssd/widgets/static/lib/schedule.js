/** One drawing per frame, however fast events come. */

/**
 * Make what asks for a drawing: at once, after the handler that asks, but never
 * twice in a frame. A second wish waits for the next frame; a third is the second.
 *
 * @param {() => void} draw
 */
export function oncePerFrame(draw) {
  let asked = false;
  let frame = 0;
  const run = () => {
    asked = false;
    frame = requestAnimationFrame(() => {
      frame = 0;
      if (asked) run();
    });
    draw();
  };
  return () => {
    if (asked) return;
    asked = true;
    if (!frame) queueMicrotask(() => asked && !frame && run());
  };
}
