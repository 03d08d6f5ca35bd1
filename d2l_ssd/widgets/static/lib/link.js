/** The page's end of a session: a worker, or slices on the page's own thread. */

const PATIENCE_MS = 2000; // for a worker to say that it is there
const SLICE_MS = 8; // on the page's thread: half of a frame
const WORKER_SLICE_MS = 12;

/** What a worker says when it can be spoken to. */
const READY = "ready";

const LOST =
  "The browser ended the training, perhaps for want of memory: start it again.";

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
 * Start a session in a worker; on the page's thread where none may be or can be. A
 * worker that dies is replaced, and its run is said to have stopped.
 *
 * @param {string} source of a module that calls `serve`
 * @param {WebAssembly.Module | null} module
 * @param {(message: any) => void} receive
 * @param {SessionClass} Session of the page's thread
 * @returns {Link}
 */
export function openLink(source, module, receive, Session) {
  let run = 0; // of the last message
  const local = () => makeLocalSession(module, receive, Session);
  /** @type {Link} */
  let link;
  const begin = () => {
    link = openOnce(source, receive, local, () => {
      begin();
      receive({ type: "stopped", run, lost: true, sentence: LOST });
    });
  };
  begin();
  return {
    send(message) {
      run = message.run ?? run;
      link.send(message);
    },
    close: () => link.close(),
  };
}

/**
 * @param {string} source
 * @param {(message: any) => void} receive
 * @param {() => Session} makeLocal
 * @param {() => void} lost is called when a worker has died that could be spoken to
 * @returns {Link}
 */
function openOnce(source, receive, makeLocal, lost) {
  /** @type {any[]} what waits until somebody is there */
  let early = [];
  /** @type {((message: any) => void) | null} */
  let send = null;
  const { worker, end } = makeWorker(source);
  /** @param {(message: any) => void} target */
  const begin = (target) => {
    clearTimeout(timer);
    send = target;
    early.forEach(send);
    early = [];
  };
  const fallBack = () => {
    end();
    const session = makeLocal();
    begin((message) => session.handle(message));
  };
  const timer = setTimeout(fallBack, worker ? PATIENCE_MS : 0);
  if (worker) {
    worker.onerror = () => {
      if (!send) return fallBack();
      end();
      lost();
    };
    worker.onmessage = ({ data }) => {
      if (data !== READY) receive(data);
      else begin((message) => worker.postMessage(message));
    };
  }
  return {
    send: (message) => (send ? send(message) : early.push(message)),
    close() {
      clearTimeout(timer);
      end();
      send?.({ type: "pause" });
      send = () => {};
    },
  };
}

/**
 * Make a worker, and what ends it; null where a frame forbids it.
 *
 * @param {string} source
 * @returns {{ worker: Worker | null, end: () => void }}
 */
function makeWorker(source) {
  const url = URL.createObjectURL(
    new Blob([source], { type: "text/javascript" }),
  );
  const drop = () => URL.revokeObjectURL(url);
  try {
    const worker = new Worker(url, { type: "module" });
    const end = () => {
      worker.onerror = worker.onmessage = null; // it may be about to say more
      worker.terminate();
      drop();
    };
    return { worker, end };
  } catch {
    drop();
    return { worker: null, end: drop };
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
