// Typesets formulas: reads one JSON object per line, { tex, display }, and answers each
// with a line, { html } or { error }. tools/formulas.py asks it.
import readline from "node:readline";

import katex from "katex";

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { tex, display } = JSON.parse(line);
  const answer = {};
  try {
    answer.html = katex.renderToString(tex, {
      displayMode: display,
      strict: "error",
    });
  } catch (error) {
    answer.error = error.message;
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
