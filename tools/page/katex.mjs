// Typesets formulas: reads one JSON object per line, { tex, display }, and answers each
// with a line, { html } or { error }. tools/formulas.py asks it.
import readline from "node:readline";

import katex from "katex";

// KaTeX puts an operator behind the name of a function: in x_{\min} and x_{\min}^2 one
// child too many for <msub> and <msubsup>, and Firefox complains
const EXTRA = /<mo>\u2061<\/mo>(?=(?:<(m[in])>[^<]*<\/\1>)?<\/msu(?:b|p|bsup)>)/g;

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { tex, display } = JSON.parse(line);
  const answer = {};
  try {
    const html = katex.renderToString(tex, {
      displayMode: display,
      strict: "error",
    });
    answer.html = html.replace(EXTRA, "");
  } catch (error) {
    answer.error = error.message;
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
