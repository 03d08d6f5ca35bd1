/** What a playground reads from Python and from the address, and writes to both. */

import {
  formatAddress,
  parseAddress,
  readSettings,
} from "../engine/address.js";
import { toBytes } from "../lib/bytes.js";
import { onChange } from "../lib/model.js";
import { reportOf } from "./actions.js";
import { viewOf } from "./controls.js";
import { changedKeys } from "./names.js";
import { makeState, ownOfAddress, pageOfAddress } from "./state.js";

/** @typedef {import("../engine/settings.js").Settings} Settings */
/** @typedef {import("./state.js").State} State */

/**
 * @typedef {object} Traits
 * @property {string} _esm the bundle's own source
 * @property {Record<string, any>} settings that differ from the defaults
 * @property {boolean} compact
 * @property {object[]} history
 * @property {object[]} found
 * @property {import("../lib/bytes.js").Bytes} weights
 */

/** @typedef {import("../lib/types.d.ts").Model<Traits>} Model */

const ADDRESS_MS = 300; // after the last change

/**
 * The state that Python and the address ask for.
 *
 * @param {Model} model
 */
export function readState(model) {
  const hasAddress = !model.get("compact") && isOurPage() && takeAddress();
  const address = parseAddress(hasAddress ? readHash() : "");
  const given = readSettings(model.get("settings"));
  const changes = changesOf(address.settings);
  const state = makeState({ ...given.settings, ...changes }, address.own);
  state.said = [...given.problems, ...address.problems].join(" ");
  state.comparison = address.comparison;
  state.hasAddress = hasAddress;
  readPage(state, address.page);
  return { state, page: address.page };
}

/** The state in the address, if it is not that of a heading. */
function readHash() {
  return location.hash.includes("=") ? location.hash : "";
}

/** Let the first playground of a page have the address; false for others. */
function takeAddress() {
  const { dataset } = document.documentElement;
  const isFirst = !dataset.playground;
  dataset.playground = "has the address";
  return isFirst;
}

/**
 * Let another playground have the address.
 *
 * @param {State} state
 */
export function leaveAddress({ hasAddress }) {
  if (hasAddress) delete document.documentElement.dataset.playground;
}

/**
 * Whether this is a page of the book, beside its chapters; elsewhere (JupyterLab) the
 * address is somebody else's.
 */
export function isOurPage() {
  const selector = 'script[type="application/vnd.jupyter.widget-state+json"]';
  return document.querySelector(selector) !== null;
}

/** @param {Settings} settings */
function changesOf(settings) {
  const keys = changedKeys(settings);
  return Object.fromEntries(keys.map((key) => [key, settings[key]]));
}

/**
 * @param {State} state
 * @param {Record<string, string>} page
 */
function readPage(state, page) {
  state.view = viewOf(page);
  state.open = page.open ?? "";
  state.mission = page.mission ?? "";
}

/**
 * Make what writes the state to the address and to the widget's traits.
 *
 * @param {Model} model
 * @param {State} state
 */
export function makeSaver(model, state) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let isStep = false;
  const save = () => {
    const { history: scored, found } = reportOf(state);
    const shown = { ...state.settings };
    if (state.secret) shown.bug = "";
    const settings = changesOf(shown);
    if (settings.neg === Infinity) settings.neg = "all";
    model.set("settings", settings);
    model.set("history", scored);
    model.set("found", found);
    if (state.weights) model.set("weights", new DataView(state.weights.buffer));
    model.save_changes();
    if (!state.hasAddress) return;
    const { comparison } = state;
    const [page, own] = [pageOfAddress(state), ownOfAddress(state)];
    const text = formatAddress({ settings: shown, comparison, own, page });
    const hash = text.includes("&") ? `#${text}` : "";
    if (hash === location.hash) return;
    const path = location.pathname + location.search;
    const how = isStep ? "pushState" : "replaceState";
    history[how](history.state, "", path + hash);
    isStep = false;
  };
  /** @param {boolean} [step] one that the reader can go back */
  return (step = false) => {
    isStep ||= step;
    clearTimeout(timer);
    timer = setTimeout(save, ADDRESS_MS);
  };
}

/**
 * Take the settings that Python changes later; not those that it was given.
 *
 * @param {Model} model
 * @param {State} state
 * @param {(settings: Settings) => void} set
 */
export function takeSettings(model, state, set) {
  return onChange(model, ["settings"], () => {
    const { settings, problems } = readSettings(model.get("settings"));
    if (state.secret) settings.bug = state.settings.bug;
    const keys = changedKeys(settings, state.settings);
    if (!keys.length && !problems.length) return;
    set(settings);
    state.said = problems.join(" ");
  });
}

/**
 * Load the weights that Python gives, at once and later; not those that it was given.
 *
 * @param {Model} model
 * @param {State} state
 * @param {(message: any) => void} send
 */
export function takeWeights(model, state, send) {
  const load = () => {
    const bytes = toBytes(model.get("weights"));
    const own = bytes.length === state.weights?.length;
    if (!bytes.length || (own && bytes.every(isSame, state.weights))) return;
    send({ type: "load", bytes });
  };
  load();
  return onChange(model, ["weights"], load);
}

/**
 * @this {Uint8Array}
 * @param {number} value
 * @param {number} k
 */
function isSame(value, k) {
  return this[k] === value;
}
