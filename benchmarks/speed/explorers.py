"""Time how soon an explorer has drawn what a key or a pointer asks for.

    python benchmarks/speed/explorers.py

Opens the explorers in Chromium (`make vendor` once before), presses arrow keys on
a slider and drags it, and prints the milliseconds from the event to the drawing
and from frame to frame. Exits with 1 if, in each of ROUNDS rounds, more than one
drawing in twenty took longer than MAX_MS, or frames were lost: a busy machine may
disturb a round, not all of them.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [
    str(ROOT / name) for name in ("tests", "tests/browser", "tools")
]

from browsers import open_browser  # noqa: E402
from explorer_page import open_explorer, settle  # noqa: E402
from helpers.explorers import (  # noqa: E402
    random_boxes,
    random_gallery,
    random_images,
    random_layers,
    random_replay,
    random_truths,
)
from helpers.ideas import make_ideas  # noqa: E402
from helpers.live import make_predictor  # noqa: E402

from d2l_ssd.widgets import (  # noqa: E402
    AnchorExplorer,
    DetectionExplorer,
    FeatureMapExplorer,
    IoUExplorer,
    LiveDetector,
    LossExplorer,
    MatchingExplorer,
    NMSExplorer,
    TargetExplorer,
    TrainingReplay,
)

ROUNDS = 5
MAX_MS = 16
FRAME_MS = 1000 / 60
KEY_PRESSES, DRAG_STEPS = 60, 120

# Times from an event's delivery until the drawing that it led to is done. Many
# moves of a drag change nothing: they do not count. A move that had to wait for
# the next frame counts from its own delivery. (An event's `timeStamp` is no good:
# a browser holds moves back until the next frame.)
WATCH = """([event, slider]) => {
  let last = 0, drawnFor = 0, waiting = 0;
  const latencies = [], frames = [];
  const view = document.querySelector(".d2l-view");
  const listen = () => (last = performance.now());
  const drawn = new MutationObserver(() => {
    latencies.push(performance.now() - (waiting || last));
    [drawnFor, waiting] = [last, 0];
  });
  const moved = new MutationObserver(() => {
    if (drawnFor !== last) waiting ||= last;
  });
  addEventListener(event, listen, { capture: true });
  drawn.observe(view, { attributeFilter: ["data-drawings"] });
  moved.observe(slider, { attributeFilter: ["aria-valuetext"] });
  let running = true;
  const tick = (time) => {
    frames.push(time);
    if (running) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  window.stopWatch = () => {
    running = false;
    drawn.disconnect();
    moved.disconnect();
    removeEventListener(event, listen, { capture: true });
    return { latencies, frames };
  };
}"""


def make_explorers():
    """Yield explorers with the names of the sliders to move."""
    rng = np.random.default_rng(7)
    labels = [random_truths(rng, count) for count in (3, 5)]
    objects = random_truths(rng, 1500)[:, 1:5]
    images = random_images(rng, 2, 64, 64)
    yield AnchorExplorer(images, labels, objects), ["First size"]
    yield TargetExplorer(images, labels), ["Positive from"]
    anchors = [random_boxes(rng, 400) for _ in labels]
    names = [[f"object {k}" for k in range(len(rows))] for rows in labels]
    matching = MatchingExplorer(images, labels, anchors, names)
    matching.view.guesses, matching.view.step = {"0": -1}, 99
    yield matching, ["Positive from"]
    gallery = random_gallery(rng, 12, confidence=6)
    detections = DetectionExplorer(random_images(rng, 12), *gallery)
    yield detections, ["Score from", "NMS IoU"]
    yield open_steps(rng), ["NMS IoU", "Step"]
    yield open_losses(rng), ["Mining ratio"]
    yield make_ideas(), ["Score from"]
    run = random_replay(rng, num_epochs=9, count=8)
    replay = TrainingReplay(random_images(rng, 8), *run)
    yield replay, ["Epoch", "Score from"]
    [image] = random_images(rng, 1, 64)
    yield FeatureMapExplorer(image, random_layers(rng)), ["Channel"]
    boxes = IoUExplorer(images[0], [0.3, 0.3, 0.6, 0.6])
    boxes.view.guesses = {
        boxes.view.cases[0]["name"]: {"guess": 0.5, "boxes": boxes.view.boxes}
    }
    yield boxes, ["Your guess", "Prediction, left side"]
    yield LiveDetector(make_predictor()), ["Light", "Score ≥"]


def open_steps(rng):
    """Make an NMSExplorer whose guess is made, in the midst of its steps."""
    gallery = random_gallery(rng, 3)
    explorer = NMSExplorer(random_images(rng, 3), *gallery, score_threshold=0.5)
    view = explorer.view
    place = f"{view.image}/{view.label}"
    view.guesses = {place: {"left": 2, "nms_iou": view.nms_iou}}
    view.step = len(explorer.steps) // 2
    return explorer


def open_losses(rng):
    """Make a LossExplorer whose guess is made, where all anchors pay the same."""
    truths, *outputs, _ = random_gallery(rng, 3)
    explorer = LossExplorer(random_images(rng, 3), truths, *outputs)
    view = explorer.view
    view.network = 1
    setting = {"range": 4, "mining": view.mining, "pick": view.pick}
    view.guesses = {f"{view.image}/{view.network}": setting}
    return explorer


def press_keys(page, slider):
    """Press arrow keys; return the milliseconds from each key to its drawing."""
    slider.focus()
    page.evaluate(WATCH, ["keydown", slider.element_handle()])
    for number in range(KEY_PRESSES):
        slider.press("ArrowRight" if number % 2 else "ArrowLeft")
        # Longer than a frame: two presses in one would be drawn as one
        page.wait_for_timeout(20)
    return stop_watch(page)[0]


def drag(page, slider):
    """Drag a slider to and fro; return latencies and times between frames."""
    box = slider.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(WATCH, ["pointermove", slider.element_handle()])
    for number in range(DRAG_STEPS):
        page.mouse.move(x + 60 * np.sin(number / 8), y)
        page.wait_for_timeout(8)
    seen = stop_watch(page)
    page.mouse.up()
    return seen


def stop_watch(page):
    """Return latencies and the times between frames, in milliseconds."""
    settle(page)
    seen = page.evaluate("stopWatch()")
    return np.array(seen["latencies"]), np.diff(seen["frames"])


def is_smooth(page, title, name):
    """Time one slider; print, and say whether a round was good enough."""
    slider = page.get_by_role("slider", name=name, exact=True)
    for _ in range(ROUNDS):
        keys, (moves, frames) = press_keys(page, slider), drag(page, slider)
        for what, times in (("key", keys), ("drag", moves), ("frame", frames)):
            median, p95 = np.percentile(times, [50, 95])
            print(
                f"{title}, {name}, {what}: median {median:.1f} ms, "
                f"95 % within {p95:.1f} ms"
            )
        late = max(np.percentile(keys, 95), np.percentile(moves, 95)) > MAX_MS
        if not late and np.median(frames) <= FRAME_MS * 1.1:
            return True
    return False


def main():
    late = []
    with open_browser() as browser:
        for explorer, sliders in make_explorers():
            title = type(explorer).__name__
            with tempfile.TemporaryDirectory() as folder:
                with open_explorer(browser, explorer, Path(folder)) as page:
                    late += [
                        f"{title}, {name}"
                        for name in sliders
                        if not is_smooth(page, title, name)
                    ]
    for name in late:
        print(f"error: {name}: drawings are late, or frames are lost")
    return int(bool(late))


if __name__ == "__main__":
    sys.exit(main())
