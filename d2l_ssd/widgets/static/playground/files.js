/** Weights as a file: to keep, or from a training in Python. */

import { element } from "../lib/dom.js";
import { makeButton } from "./controls.js";

const NAME = "playground.safetensors";

/**
 * @param {object} actions
 * @param {() => void} actions.save
 * @param {(bytes: Uint8Array) => void} actions.load
 */
export function makeFiles({ save, load }) {
  const input = element("input", {
    ...{ type: "file", accept: ".safetensors", hidden: true },
    async onchange() {
      const file = input.files?.[0];
      if (file) load(new Uint8Array(await file.arrayBuffer()));
      input.value = "";
    },
  });
  return element(
    "div",
    { className: "d2l-pg-others" },
    makeButton("Save the weights", save),
    makeButton("Load what I trained in Python", () => input.click()),
    input,
  );
}

/**
 * Let the browser keep bytes as a file.
 *
 * @param {BlobPart} bytes
 * @param {string} [name]
 */
export function download(bytes, name = NAME) {
  const url = URL.createObjectURL(new Blob([bytes]));
  element("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
