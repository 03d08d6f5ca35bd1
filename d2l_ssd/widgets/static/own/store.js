/** The reader's pictures, kept by the browser from one visit to the next. */

/** @typedef {import("./pixels.js").KeptPicture} KeptPicture */

/**
 * @typedef {object} Store No call rejects: what went wrong is a sentence.
 * @property {string} problem why nothing is kept, or ""
 * @property {() => Promise<KeptPicture[]>} all in the order in which they came
 * @property {(picture: KeptPicture) => Promise<string>} put adds or changes one
 * @property {(id: string) => Promise<string>} remove
 * @property {() => Promise<string>} clear deletes all, settings too
 * @property {{ get(): Promise<any>, put(value: any): Promise<string> }} settings
 *   what else to keep; undefined before the first `put`
 */

const NAME = "d2l-ssd own thing";
const PICTURES = "pictures";
const SETTINGS = "settings";
const STORES = [PICTURES, SETTINGS];
const LATER =
  "reloading the page loses what is new, so save the pictures as a zip file.";
const NO_STORE = `This browser stores nothing for this page: ${LATER}`;
const FULL = `The browser's storage is full: ${LATER}`;
const FAILED = `The browser could not store this change: ${LATER}`;

/**
 * Open the store.
 *
 * @param {string} [name]
 * @returns {Promise<Store>}
 */
export async function openStore(name = NAME) {
  let database;
  try {
    database = await open(name);
  } catch {
    return noStore(); // forbidden, as in some private windows and frames
  }
  return makeStore(database);
}

/**
 * @param {string} name
 * @returns {Promise<IDBDatabase>}
 */
function open(name) {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    for (const store of STORES) request.result.createObjectStore(store);
  };
  return finish(request);
}

/**
 * @template Result
 * @param {IDBRequest<Result>} request
 * @returns {Promise<Result>}
 */
function finish(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @returns {Store} */
function noStore() {
  const fail = async () => NO_STORE;
  return {
    ...{ problem: NO_STORE, put: fail, remove: fail },
    all: async () => [],
    clear: async () => "", // nothing is left there
    settings: { get: async () => undefined, put: fail },
  };
}

/**
 * @param {IDBDatabase} database
 * @returns {Store}
 */
function makeStore(database) {
  /** @type {Map<string, number>} */
  const order = new Map();
  let last = 0;
  /** @param {(stores: IDBObjectStore[]) => void} act */
  const change = (act) => write(database, act);
  return {
    problem: "",
    async all() {
      const rows = await read(database, PICTURES, []);
      rows.sort((a, b) => a.order - b.order);
      for (const row of rows) order.set(row.picture.id, row.order);
      return rows.map(({ picture }) => picture);
    },
    put(picture) {
      last = Math.max(last + 1, Date.now()); // after those of another visit
      const place = order.get(picture.id) ?? last;
      order.set(picture.id, place);
      const row = { picture, order: place };
      return change(([pictures]) => pictures.put(row, picture.id));
    },
    remove: (id) => change(([pictures]) => pictures.delete(id)),
    clear: () => change((stores) => stores.forEach((store) => store.clear())),
    settings: {
      get: async () => (await read(database, SETTINGS, []))[0],
      put: (value) => change(([, store]) => store.put(value, SETTINGS)),
    },
  };
}

/**
 * @param {IDBDatabase} database
 * @param {string} name of a store
 * @param {any[]} otherwise
 * @returns {Promise<any[]>}
 */
async function read(database, name, otherwise) {
  try {
    return await finish(database.transaction(name).objectStore(name).getAll());
  } catch {
    return otherwise;
  }
}

/**
 * Change the stores, or leave them as they are: a change that does not fit loses
 * nothing that is there.
 *
 * @param {IDBDatabase} database
 * @param {(stores: IDBObjectStore[]) => void} act
 * @returns {Promise<string>} what went wrong, or ""
 */
function write(database, act) {
  return new Promise((resolve) => {
    /** @param {DOMException | null} error */
    const fail = (error) =>
      resolve(error?.name === "QuotaExceededError" ? FULL : FAILED);
    try {
      const transaction = database.transaction(STORES, "readwrite");
      transaction.oncomplete = () => resolve("");
      transaction.onabort = () => fail(transaction.error);
      act(STORES.map((name) => transaction.objectStore(name)));
    } catch (error) {
      fail(/** @type {DOMException} */ (error)); // closed by the browser
    }
  });
}
