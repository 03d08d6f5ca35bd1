/**
 * LiveDetector's view: a scene to move about, and a network that watches it. In a
 * worker the same bundle runs the network.
 */

import { makeFollower } from "./lib/model.js";
import { followPath } from "./live/data.js";
import { openDetector } from "./live/app.js";
import { serveNetwork } from "./live/worker.js";

/** @typedef {import("./live/data.js").Model} Model */

if ("WorkerGlobalScope" in globalThis) serveNetwork(globalThis);

/**
 * Let the kennel follow the path.
 *
 * @param {{ model: Model }} props
 */
function initialize({ model }) {
  makeFollower(model)(["step"], () => followPath(model));
}

/** @param {{ model: Model, el: HTMLElement }} props */
function render(props) {
  return openDetector(props);
}

export default { initialize, render };
