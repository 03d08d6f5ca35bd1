// What the tests share: Python's cases, numbers that are close, a widget's model.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

const file = process.env.CASES;
const cases = file ? JSON.parse(readFileSync(file)) : {};

/**
 * Run `check` on every case of that name. Without Python's cases there is nothing
 * to compare: tests/widgets/test_*javascript.py write them and set CASES.
 */
export function parity(name, check) {
  if (!(name in cases)) return;
  test(`${name}: as in Python`, () => {
    assert.ok(cases[name]?.length > 0, `no cases of ${name}`);
    cases[name].forEach(check);
  });
}

export function floats(rows) {
  return Float32Array.from(rows.flat(Infinity));
}

/** Read an array that Python has packed: its bytes, as text. */
export function unpack(text, ArrayType = Float32Array) {
  return new ArrayType(Uint8Array.from(Buffer.from(text, "base64")).buffer);
}

export function assertClose(actual, expected, tolerance = 1e-5) {
  assert.equal(actual.length, expected.length);
  Array.from(actual).forEach((value, i) => {
    const error = Math.abs(value - expected[i]);
    const message = `at ${i}: ${value}, expected ${expected[i]}`;
    assert.ok(error <= tolerance, message);
  });
}

/** Make labels of rows [class, xmin, ymin, xmax, ymax, difficult]. */
export function labelsOf(rows) {
  return {
    classes: rows.map((row) => row[0]),
    boxes: floats(rows.map((row) => row.slice(1, 5))),
    difficult: rows.map((row) => row[5] > 0),
  };
}

/** Make a widget's model: a change calls its handlers, as Backbone's do. */
export function makeModel(traits) {
  const handlers = [];
  const model = {
    saves: 0,
    get: (name) => traits[name],
    set(name, value) {
      if (traits[name] === value) return;
      traits[name] = value;
      const event = `change:${name}`;
      for (const [events, handler] of [...handlers]) {
        if (events.split(" ").includes(event)) handler();
      }
    },
    on: (events, handler) => handlers.push([events, handler]),
    off(events, handler) {
      const at = handlers.findIndex(
        (pair) => pair[0] === events && pair[1] === handler,
      );
      if (at >= 0) handlers.splice(at, 1);
    },
    save_changes: () => model.saves++,
  };
  return model;
}

/** Dispatch an event on a target, and return it. */
export function fire(target, type, properties) {
  const event = new Event(type, { cancelable: true });
  target.dispatchEvent(Object.assign(event, properties));
  return event;
}
