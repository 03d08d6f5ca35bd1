/** The traits of a widget, which Python and the controls share with its views. */

/**
 * Call `handler` on a change of any of these traits.
 *
 * @template {object} Traits
 * @param {import("./types.d.ts").Model<Traits>} model
 * @param {(keyof Traits & string)[]} names
 * @param {() => void} handler
 * @returns {() => void} what undoes it
 */
export function onChange(model, names, handler) {
  const events = names.map((name) => `change:${name}`).join(" ");
  model.on(events, handler);
  return () => model.off(events, handler);
}

/**
 * Set traits and tell everybody.
 *
 * @template {object} Traits
 * @param {import("./types.d.ts").Model<Traits>} model
 * @param {Partial<Traits>} values
 */
export function setTraits(model, values) {
  for (const name of /** @type {(keyof Traits)[]} */ (Object.keys(values))) {
    model.set(name, /** @type {Traits[typeof name]} */ (values[name]));
  }
  model.save_changes();
}

/**
 * Make what lets traits follow others without an end: `when(names, follow)`
 * calls `follow` on a change that does not come from a follower.
 *
 * @template {object} Traits
 * @param {import("./types.d.ts").Model<Traits>} model
 */
export function makeFollower(model) {
  let settling = false;
  /**
   * @param {(keyof Traits & string)[]} names
   * @param {() => void} follow
   */
  return (names, follow) =>
    onChange(model, names, () => {
      if (settling) return;
      settling = true;
      follow();
      settling = false;
      model.save_changes();
    });
}
