/** The page's end of a session: a worker, or slices on the page's own thread. */

const PATIENCE_MS = 2000; // for a worker to say that it is there
const SLICE_MS = 8; // on the page's thread: half of a frame
const WORKER_SLICE_MS = 12;

/** What a worker says when it can be spoken to. */
const READY = "ready";

/** @typedef {import("../engine/session.js").Clock} Clock */

/**
 * @typedef {object} Session that answers messages
 * @property {(message: any) => void} handle
 *
 * @typedef {new (post: (message: any) => void, module: WebAssembly.Module | null,
 *   clock: Clock) => Session} SessionClass
 *
 * @typedef {object} Link
 * @property {(message: any) => void} send
 * @property {() => void} close
 */

/**
 * Start a session in a worker; on the page's thread where none may be or can be.
 *
 * @param {string} source of a module that calls `serve`
 * @param {WebAssembly.Module | null} module
 * @param {(message: any) => void} receive
 * @param {SessionClass} Session of the page's thread
 * @returns {Link}
 */
export function openLink(source, module, receive, Session) {
  /** @type {any[]} what waits until somebody is there */
  let early = [];
  /** @type {((message: any) => void) | null} */
  let send = null;
  const worker = makeWorker(source);
  /** @param {(message: any) => void} target */
  const begin = (target) => {
    if (send) return;
    clearTimeout(timer);
    send = target;
    early.forEach(send);
    early = [];
  };
  const fallBack = () => {
    if (send) return;
    worker?.terminate();
    const session = makeLocalSession(module, receive, Session);
    begin((message) => session.handle(message));
  };
  const timer = setTimeout(fallBack, worker ? PATIENCE_MS : 0);
  if (worker) {
    worker.onerror = fallBack;
    worker.onmessage = ({ data }) => {
      if (data !== READY) receive(data);
      else begin((message) => worker.postMessage(message));
    };
  }
  return {
    send: (message) => (send ? send(message) : early.push(message)),
    close() {
      clearTimeout(timer);
      worker?.terminate();
      send?.({ type: "pause" });
      send = () => {};
    },
  };
}

/** @param {string} source */
function makeWorker(source) {
  try {
    const blob = new Blob([source], { type: "text/javascript" });
    return new Worker(URL.createObjectURL(blob), { type: "module" });
  } catch {
    return null; // a frame may forbid it
  }
}

/**
 * @param {WebAssembly.Module | null} module
 * @param {(message: any) => void} receive
 * @param {SessionClass} Session
 */
function makeLocalSession(module, receive, Session) {
  const later = (/** @type {() => void} */ work) => void setTimeout(work);
  return new Session(receive, module, {
    ...{ now: () => performance.now(), later, slice: SLICE_MS },
  });
}

/**
 * Serve a page from a worker. Between slices it looks for messages: a channel's are
 * as quick as they can be, a timeout would cost 4 ms each.
 *
 * @param {WebAssembly.Module | null} module
 * @param {SessionClass} Session
 */
export function serve(module, Session) {
  const scope = /** @type {any} */ (globalThis);
  const { port1, port2 } = new MessageChannel();
  /** @type {() => void} */
  let next = () => {};
  port1.onmessage = () => next();
  const session = new Session((message) => scope.postMessage(message), module, {
    now: () => performance.now(),
    later(work) {
      next = work;
      port2.postMessage(0);
    },
    slice: WORKER_SLICE_MS,
  });
  scope.onmessage = (/** @type {MessageEvent} */ { data }) =>
    session.handle(data);
  scope.postMessage(READY);
}
