// Bundles what shows the widgets of a page (see widgets.js), as one script and its
// styles:
//
//   node tools/page/bundle.mjs ANYWIDGET_JS TARGET_FOLDER
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import esbuild from "esbuild";

const [anywidget, target] = process.argv.slice(2);
const LUMINO = fileURLToPath(
  new URL("../../node_modules/@lumino/widgets/src", import.meta.url),
);

/** Find modules elsewhere, or replace them: name → code. */
function replace(modules) {
  return {
    name: "replace",
    setup(build) {
      const filter = new RegExp(`^(${Object.keys(modules).join("|")})$`);
      build.onResolve({ filter }, ({ path }) => ({ path, namespace: "replace" }));
      build.onLoad({ filter: /.*/, namespace: "replace" }, ({ path }) => {
        return { contents: modules[path], resolveDir: LUMINO };
      });
    },
  };
}

// Written for a loader of AMD modules, which the pages do without
const amd = await readFile(anywidget, "utf8");
const code = amd.replace(/^define\(\[.*\], (\w+)\);$/m, "export default $1;");
if (code === amd) throw new Error(`${anywidget} does not end with a define()`);

const modules = {
  anywidget: code,
  // Two classes of a large module
  "@lumino/widgets": `
    export { Widget } from "./widget";
    export { Panel } from "./panel";`,
  // The manager's own sanitizer is not used
  "sanitize-html": "export default null",
};

await esbuild.build({
  entryPoints: [fileURLToPath(new URL("widgets.js", import.meta.url))],
  outdir: target,
  bundle: true,
  minify: true,
  charset: "utf8",
  format: "iife",
  legalComments: "eof",
  logLevel: "error",
  plugins: [replace(modules)],
  target: "es2022",
  // What Lumino is written for
  tsconfigRaw: {
    compilerOptions: { experimentalDecorators: true, useDefineForClassFields: false },
  },
});
