/**
 * Teach it your own thing: a detector that learns in the page from the reader's
 * pictures. In a worker the same bundle trains.
 */

import bytes from "./dist/kernels.wasm";
import { compileKernels } from "./engine/kernels.js";
import { serve } from "./lib/link.js";
import { openOwnThing } from "./own/app.js";
import { OwnSession } from "./own_engine/session.js";

if ("WorkerGlobalScope" in globalThis) serve(compileKernels(bytes), OwnSession);

/** @param {{ model: import("./own/traits.js").Model, el: HTMLElement }} props */
function render(props) {
  return openOwnThing(props, compileKernels(bytes));
}

export default { render };
