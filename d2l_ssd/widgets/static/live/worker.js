/** The worker that runs the network: it loads ONNX Runtime and the file, then waits. */

import { loadFiles } from "./files.js";

/**
 * @typedef {{ type: "open", runtime: string, binary: string, model: string }} Open
 * @typedef {{ type: "run", number: number, side: number, X: Float32Array }} Run
 *
 * @typedef {{ type: "progress", loaded: number, total: number }} Told in bytes
 * @typedef {{ type: "ready", about: import("./data.js").About }} Ready
 * @typedef {{ type: "failed", reason: string }} Failed
 * @typedef {object} Result
 * @property {"result"} type
 * @property {number} number
 * @property {number} side
 * @property {Float32Array} probs
 * @property {Float32Array} offsets
 * @property {number} milliseconds
 *
 * @typedef {Told | Ready | Failed | Result} Answer
 */

/**
 * Answer a page's messages.
 *
 * @param {any} scope the worker's global object
 */
export function serveNetwork(scope) {
  /** @type {{ runtime: any, session: any } | undefined} */
  let opened;
  scope.onmessage = async (/** @type {MessageEvent<Open | Run>} */ event) => {
    const { data } = event;
    try {
      if (data.type === "open") opened = await openNetwork(data, scope);
      else if (opened) await run(opened, data, scope);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      scope.postMessage({ type: "failed", reason });
    }
  };
}

/**
 * @param {Open} message
 * @param {any} scope
 */
async function openNetwork({ runtime: code, binary, model }, scope) {
  const urls = [code, binary, model, `${model}.json`];
  const [source, wasm, network, about] = await loadFiles(
    urls,
    (loaded, total) => scope.postMessage({ type: "progress", loaded, total }),
  );
  const runtime = await importCode(source);
  // One thread needs no isolation headers, which many hosts cannot send
  Object.assign(runtime.env.wasm, { numThreads: 1, wasmBinary: wasm });
  runtime.env.logLevel = "error";
  const session = await runtime.InferenceSession.create(
    new Uint8Array(network),
    { executionProviders: ["wasm"] },
  );
  const text = new TextDecoder().decode(about);
  scope.postMessage({ type: "ready", about: JSON.parse(text) });
  return { runtime, session };
}

/**
 * Import a module of which we have the text: so it, too, is there offline.
 *
 * @param {ArrayBuffer} source
 */
async function importCode(source) {
  const blob = new Blob([source], { type: "text/javascript" });
  const url = URL.createObjectURL(blob);
  try {
    return await import(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/**
 * @param {{ runtime: any, session: any }} opened
 * @param {Run} message
 * @param {any} scope
 */
async function run({ runtime, session }, { number, side, X }, scope) {
  const start = performance.now();
  const input = new runtime.Tensor("float32", X, [1, 3, side, side]);
  const results = await session.run({ [session.inputNames[0]]: input });
  const [probs, offsets] = session.outputNames.map(
    (/** @type {string} */ name) => results[name].data.slice(),
  );
  const milliseconds = performance.now() - start;
  scope.postMessage(
    { type: "result", number, side, probs, offsets, milliseconds },
    [probs.buffer, offsets.buffer],
  );
}
