/**
 * The state of the playground in an address: `#v=1&iou=0.7&force=0`. Only what
 * differs from the defaults stands there.
 */

import { BUGS } from "./bugs.js";
import { formatOwn, readOwn } from "./own_shapes.js";
import { DEFAULTS, hasSubsets, KNOBS } from "./settings.js";

/** @typedef {import("./own_shapes.js").OwnShape} OwnShape */
/** @typedef {import("./settings.js").Knob} Knob */
/** @typedef {import("./settings.js").Settings} Settings */

/**
 * @typedef {object} Address
 * @property {Settings} settings
 * @property {{ a: Settings, b: Settings } | null} comparison
 * @property {OwnShape[]} own
 * @property {Record<string, string>} page what is open, keys of PAGE_KEYS
 * @property {string[]} problems a sentence for each part that was left out
 */

const VERSION = "1";
const PAGE_KEYS = ["view", "open", "mission", "tour", "go", "game", "seeds"];

/**
 * Read an address.
 *
 * @param {string} hash with or without its #
 * @returns {Address}
 */
export function parseAddress(hash) {
  /** @type {Address} */
  const address = {
    settings: { ...DEFAULTS },
    comparison: null,
    own: [],
    page: {},
    problems: [],
  };
  /** @type {[side: string, key: string, text: string][]} */
  const sides = [];
  for (const [name, text] of splitHash(hash)) {
    const [, side, key] = /** @type {RegExpExecArray} */ (
      /^(?:([ab])\.)?(.*)$/s.exec(name)
    );
    if (side) sides.push([side, key, text]);
    else readPart(address, key, text);
  }
  if (sides.length) readComparison(address, sides);
  return address;
}

/**
 * @param {string} hash
 * @returns {[string, string][]}
 */
function splitHash(hash) {
  const parts = hash.replace(/^#/, "").split("&").filter(Boolean);
  return parts.map((part) => {
    const at = part.indexOf("=");
    if (at < 0) return [part, ""];
    return [part.slice(0, at), decode(part.slice(at + 1))];
  });
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * @param {Address} address written to
 * @param {string} key
 * @param {string} text
 */
function readPart(address, key, text) {
  if (PAGE_KEYS.includes(key)) address.page[key] = text;
  else if (key === "own") readOwn(address.own, text, address.problems);
  else if (key === "v") {
    if (text !== VERSION) {
      address.problems.push(
        `The address is of version ${text}, which this page does not know.`,
      );
    }
  } else readSetting(address.settings, key, text, address.problems);
}

/**
 * @param {Address} address written to
 * @param {[side: string, key: string, text: string][]} parts
 */
function readComparison(address, parts) {
  const { settings, problems } = address;
  const comparison = { a: { ...settings }, b: { ...settings } };
  for (const [side, key, text] of parts) {
    readSetting(comparison[side === "a" ? "a" : "b"], key, text, problems);
  }
  address.comparison = comparison;
}

/**
 * Set one setting, or say why not.
 *
 * @param {Settings} settings written to
 * @param {string} key
 * @param {string} text
 * @param {string[]} problems written to
 */
function readSetting(settings, key, text, problems) {
  const own = /** @type {Record<string, any>} */ (settings);
  if (key === "bug") {
    if (!text || BUGS.some(({ id }) => id === text)) settings.bug = text;
    else problems.push(`There is no bug “${text}”.`);
    return;
  }
  const knob = KNOBS.find((one) => one.key === key);
  if (!knob) {
    problems.push(`There is no setting “${key}”.`);
    return;
  }
  const value = readValue(knob, text);
  if (value !== undefined) own[key] = value;
  else {
    problems.push(
      `“${knob.label}” cannot be ${text || "nothing"}: it stays at ${formatValue(knob, own[key])}.`,
    );
  }
}

/**
 * Check settings that Python gives as those of an address are: what they cannot be is
 * left out.
 *
 * @param {Record<string, any>} given
 * @returns {Pick<Address, "settings" | "problems">}
 */
export function readSettings(given) {
  const settings = { ...DEFAULTS };
  /** @type {string[]} */
  const problems = [];
  for (const [key, value] of Object.entries(given)) {
    readSetting(settings, key, textOf(key, value), problems);
  }
  return { settings, problems };
}

/**
 * @param {string} key
 * @param {any} value
 */
function textOf(key, value) {
  if (typeof value === "boolean") return value ? "1" : "0";
  const { choices } = KNOBS.find((knob) => knob.key === key) ?? {};
  const choice = choices?.find(([one]) => String(one) === String(value));
  return choice ? tokenOf(choice) : String(value);
}

const SWITCH = new Map([
  ["0", false],
  ["1", true],
]);

/**
 * @param {Knob} knob
 * @param {string} text
 * @returns {any} undefined if the knob has no such value
 */
function readValue(knob, text) {
  const { value, range, choices } = knob;
  if (typeof value === "boolean") return SWITCH.get(text);
  if (range) {
    const number = text.trim() ? Number(text) : NaN;
    const fits = number >= range[0] && number <= range[1];
    const isPart = Number.isInteger(range[2]) && !Number.isInteger(number);
    return fits && !isPart ? number : undefined;
  }
  if (hasSubsets(knob)) {
    const all = (choices ?? []).map(([one]) => one);
    const wanted = text.split(",").map(Number);
    const known = wanted.every((one) => all.includes(one));
    return known ? all.filter((one) => wanted.includes(one)) : undefined;
  }
  return choices?.find((choice) => tokenOf(choice) === text)?.[0];
}

/**
 * @param {[value: any, text: string]} choice
 * @returns {string}
 */
function tokenOf([value, text]) {
  const plain = typeof value === "string" || Number.isFinite(value);
  return plain ? String(value) : text.replace(/ /g, "");
}

/**
 * A value as it stands in an address.
 *
 * @param {Knob} knob
 * @param {any} value
 */
export function formatValue(knob, value) {
  if (typeof value === "boolean") return value ? "1" : "0";
  if (knob.range) return String(Number(value.toPrecision(6)));
  if (hasSubsets(knob)) return value.join(",");
  const choice = knob.choices?.find(([one]) => String(one) === String(value));
  return choice ? tokenOf(choice) : String(value);
}

/**
 * Write what differs from the defaults: `iou=0.7&force=0`.
 *
 * @param {Partial<Settings>} settings
 * @param {Settings} [base]
 */
export function formatSettings(settings, base = DEFAULTS) {
  const given = /** @type {Record<string, any>} */ ({ ...base, ...settings });
  const usual = /** @type {Record<string, any>} */ (base);
  const parts = KNOBS.map((knob) => {
    const value = formatValue(knob, given[knob.key]);
    return value === formatValue(knob, usual[knob.key])
      ? ""
      : `${knob.key}=${value}`;
  });
  if (given.bug !== usual.bug) parts.push(`bug=${given.bug}`);
  return parts.filter(Boolean).join("&");
}

/**
 * Write an address; with its `v=1`, without a #.
 *
 * @param {Partial<Omit<Address, "problems">>} address
 */
export function formatAddress({ settings, comparison, own, page }) {
  const common = { ...DEFAULTS, ...settings };
  const parts = [`v=${VERSION}`, formatSettings(common)];
  for (const side of /** @type {const} */ (["a", "b"])) {
    const text = comparison ? formatSettings(comparison[side], common) : "";
    if (text) parts.push(text.replace(/(^|&)/g, `$1${side}.`));
  }
  for (const key of PAGE_KEYS) {
    if (page?.[key]) parts.push(`${key}=${encodeURIComponent(page[key])}`);
  }
  if (own?.length) parts.push(`own=${formatOwn(own)}`);
  return parts.filter(Boolean).join("&");
}
