/** The page's end of the network: loading it, and one picture after another. */

import { hasSimd } from "../lib/simd.js";

/** @typedef {import("./data.js").About} About */
/** @typedef {import("./worker.js").Answer} Answer */
/** @typedef {import("./worker.js").Result} Result */

/**
 * @typedef {object} Network
 * @property {"idle" | "loading" | "ready" | "failed" | "impossible"} phase
 * @property {string} sentence of a failure
 * @property {number} loaded in bytes
 * @property {number} total
 * @property {About | null} about
 * @property {Result | null} result of the newest picture that is done
 * @property {number[]} times at which results came
 */

/** @typedef {(number: number) => { side: number, X: Float32Array }} Input of a run */

const KEPT_TIMES = 12; // results that the rate is a mean of
const PAUSE_MS = 800; // without a result: a rate begins anew
const NO_SIMD =
  "This browser's WebAssembly has no SIMD, which the network needs: use a browser " +
  "of 2021 or later. The recorded demonstration works here.";
const NO_SITE =
  "The network's files are part of the built site and are not beside this page: " +
  "open the chapter on the book's site. The recorded demonstration works here.";
const NO_FILE =
  "A page that was opened as a file may not load others: serve the book's folder " +
  "(`make serve`). The recorded demonstration works here.";
const NO_WORKER =
  "This page may not start a worker, which runs the network: open it in a window " +
  "of its own. The recorded demonstration works here.";
const FAILED = "The network could not be loaded";

/**
 * Where the site's files are, or why there are none.
 *
 * @returns {{ root?: URL, sentence: string }}
 */
export function findSite() {
  if (!hasSimd()) return { sentence: NO_SIMD };
  if (location.protocol === "file:") return { sentence: NO_FILE };
  // Sphinx says where a page's site begins
  const { content_root: root } = document.documentElement.dataset;
  if (root === undefined) return { sentence: NO_SITE };
  return { root: new URL(`${root}_static/`, document.baseURI), sentence: "" };
}

/**
 * Make the network, which is not loaded before `open` is called.
 *
 * @param {string} source of the worker
 * @param {() => void} changed is called after each change
 */
export function makeNetwork(source, changed) {
  const { root, sentence } = findSite();
  /** @type {Network} */
  const network = {
    phase: root ? "idle" : "impossible",
    ...{ sentence, loaded: 0, total: 0, about: null, result: null, times: [] },
  };
  /** @type {ReturnType<typeof startWorker> | null} */
  let link = null;
  const pump = makePump((message) => link?.worker.postMessage(message));
  /** @param {Answer} answer */
  const receive = (answer) => {
    take(network, answer);
    if (answer.type === "result") pump.done();
    if (answer.type === "failed") close();
    changed();
  };
  const close = () => {
    link?.end();
    link = null;
    pump.stop();
  };
  const open = () => {
    if (!root || link) return;
    link = startWorker(source, receive);
    if (link) {
      Object.assign(network, { phase: "loading", loaded: 0, total: 0 });
      link.worker.postMessage({ type: "open", ...addresses(root) });
    } else {
      Object.assign(network, { phase: "impossible", sentence: NO_WORKER });
    }
    changed();
  };
  return { network, open, close, watch: pump.watch };
}

/** @param {URL} root */
function addresses(root) {
  const at = (/** @type {string} */ name) => new URL(name, root).href;
  return {
    runtime: at("vendor/ort/ort.wasm.bundle.min.mjs"),
    binary: at("vendor/ort/ort-wasm-simd-threaded.wasm.gz"),
    model: at("detector/ssd.onnx"),
  };
}

/**
 * @param {Network} network written to
 * @param {Answer} answer
 */
export function take(network, answer) {
  if (answer.type === "progress") {
    Object.assign(network, { loaded: answer.loaded, total: answer.total });
  } else if (answer.type === "ready") {
    Object.assign(network, { phase: "ready", about: answer.about });
  } else if (answer.type === "failed") {
    const sentence = `${FAILED} (${answer.reason}): check the connection and try again.`;
    Object.assign(network, { phase: "failed", sentence, times: [] });
  } else {
    network.result = answer;
    network.times = goOn(network.times, performance.now());
  }
}

/**
 * Add a time; after a pause, begin anew.
 *
 * @param {number[]} times
 * @param {number} now
 */
export function goOn(times, now) {
  const paused = now - times[times.length - 1] > PAUSE_MS;
  return paused ? [now] : [...times, now].slice(-KEPT_TIMES);
}

/**
 * Detections per second while pictures came one after another.
 *
 * @param {number[]} times
 */
export function rateOf(times) {
  const [first, last] = [times[0], times[times.length - 1]];
  return times.length > 1 ? (1000 * (times.length - 1)) / (last - first) : 0;
}

/**
 * Make what sends the newest picture when the last one is done: older ones are
 * dropped.
 *
 * @param {(message: any) => void} send
 */
export function makePump(send) {
  /** @type {{ key: string, input: Input } | null} */
  let next = null;
  let [busy, number, sent] = [false, 0, ""];
  const go = () => {
    if (busy || !next) return;
    busy = true;
    sent = next.key;
    const { side, X } = next.input(number);
    next = null;
    send({ type: "run", number: number++, side, X });
  };
  return {
    /**
     * @param {string} key of the picture: the same is not sent twice
     * @param {Input} input
     */
    watch(key, input) {
      next = key === sent ? null : { key, input };
      go();
    },
    done() {
      busy = false;
      go();
    },
    stop() {
      [busy, sent, next] = [false, "", null];
    },
  };
}

/**
 * Start a worker of a text; null where a frame forbids it.
 *
 * @param {string} source
 * @param {(answer: Answer) => void} receive
 */
function startWorker(source, receive) {
  const blob = new Blob([source], { type: "text/javascript" });
  const url = URL.createObjectURL(blob);
  const drop = () => URL.revokeObjectURL(url);
  try {
    const worker = new Worker(url, { type: "module" });
    worker.onmessage = ({ data }) => receive(data);
    worker.onerror = ({ message }) =>
      receive({ type: "failed", reason: message || "the worker has ended" });
    const end = () => {
      worker.onmessage = worker.onerror = null;
      worker.terminate();
      drop();
    };
    return { worker, end };
  } catch {
    drop();
    return null;
  }
}
