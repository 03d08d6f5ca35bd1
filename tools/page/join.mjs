// Joins styles or scripts into one minified file:
//
//   node tools/page/join.mjs OUT.css A.css B.css …
//   node tools/page/join.mjs OUT.js A.js B.js …
//
// Scripts stay classic scripts that share their names with the page; what styles refer
// to, as fonts, is copied beside OUT.
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import esbuild from "esbuild";

const [out, ...names] = process.argv.slice(2);
const files = names.map((name) => path.resolve(name));

if (out.endsWith(".css")) {
  const contents = files.map((f) => `@import ${JSON.stringify(f)};`).join("\n");
  await esbuild.build({
    stdin: { contents, loader: "css", resolveDir: path.dirname(out) },
    outfile: out,
    assetNames: "[name]",
    bundle: true,
    minify: true,
    legalComments: "eof",
    external: ["*.woff", "*.ttf"], // of browsers long gone
    loader: { ".png": "dataurl", ".svg": "dataurl", ".woff2": "file" },
    logLevel: "error",
  });
} else {
  const parts = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(file, "utf8");
      const options = {
        minify: true,
        legalComments: "eof",
        charset: "utf8",
        pure: ["console.log"], // what libraries tell their authors
      };
      return (await esbuild.transform(text, options)).code;
    }),
  );
  await writeFile(out, parts.join(""));
}
