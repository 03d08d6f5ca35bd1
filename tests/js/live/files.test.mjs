// Files that are loaded once, kept, inflated, and there without a connection.
import assert from "node:assert/strict";
import test from "node:test";
import { gzipSync } from "node:zlib";

import { loadFiles } from "../../../d2l_ssd/widgets/static/live/files.js";

const URLS = ["http://site/a.bin", "http://site/b.gz"];

/** A server of two files, and a browser's store. */
function makeSite(t) {
  const files = {
    [URLS[0]]: Buffer.from("plain"),
    [URLS[1]]: gzipSync("inflated"),
  };
  const kept = new Map();
  const site = { files, kept, loads: [], version: "1", online: true };
  const replace = (name, value) => {
    const old = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true });
    t.after(() => {
      if (old) Object.defineProperty(globalThis, name, old);
      else delete globalThis[name];
    });
  };
  replace("caches", {
    open: async () => ({
      match: async (url) => kept.get(url)?.clone(),
      put: async (url, response) => kept.set(url, response),
    }),
  });
  replace("fetch", async (url, { method = "GET" } = {}) => {
    if (!site.online) throw new TypeError("Failed to fetch");
    if (!files[url]) return new Response("", { status: 404 });
    if (method === "GET") site.loads.push(url);
    const headers = { etag: site.version, "content-length": files[url].length };
    return new Response(method === "HEAD" ? null : files[url], { headers });
  });
  return site;
}

const texts = (all) => all.map((bytes) => new TextDecoder().decode(bytes));

test("files are loaded with progress, and inflated", async (t) => {
  const { files, loads } = makeSite(t);
  const told = [];
  const all = await loadFiles(URLS, (...numbers) => told.push(numbers));
  assert.deepEqual(texts(all), ["plain", "inflated"]);
  assert.deepEqual(loads.sort(), URLS);
  const total = files[URLS[0]].length + files[URLS[1]].length;
  assert.deepEqual(told[0], [0, total]);
  assert.deepEqual(told.at(-1), [total, total]);
});

test("what is kept is not loaded again, unless it has changed", async (t) => {
  const site = makeSite(t);
  for (const [version, loads] of [
    ["1", 2],
    ["1", 2],
    ["2", 4],
  ]) {
    site.version = version;
    await loadFiles(URLS, () => {});
    assert.equal(site.loads.length, loads);
  }
});

test("without a connection, what is kept is there", async (t) => {
  const site = makeSite(t);
  await assert.rejects(
    (async () => {
      site.online = false;
      await loadFiles(URLS, () => {});
    })(),
    /Failed to fetch/,
  );
  site.online = true;
  await loadFiles(URLS, () => {});
  site.online = false;
  assert.deepEqual(texts(await loadFiles(URLS, () => {})), [
    "plain",
    "inflated",
  ]);
});

test("a file that is missing is named", async (t) => {
  makeSite(t);
  await assert.rejects(
    loadFiles(["http://site/folder/no.onnx"], () => {}),
    /404 for no.onnx/,
  );
});
