/**
 * The playground: a detector that trains in the page. In a worker the same bundle
 * trains.
 */

import bytes from "./dist/kernels.wasm";
import { compileKernels } from "./engine/kernels.js";
import { Session } from "./engine/session.js";
import { serve } from "./lib/link.js";
import { openPlayground } from "./playground/app.js";

if ("WorkerGlobalScope" in globalThis) serve(compileKernels(bytes), Session);

/** @param {{ model: import("./playground/traits.js").Model, el: HTMLElement }} props */
function render(props) {
  return openPlayground(props, compileKernels(bytes));
}

export default { render };
