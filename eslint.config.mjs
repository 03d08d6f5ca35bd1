// `npm run lint`: the explorers' JavaScript, its tests and the tools in JavaScript
import js from "@eslint/js";
import globals from "globals";

// WebKit's compiler makes NaN of them, once a loop is hot (seen with version 2.50)
const LOOP = ":matches(ForStatement, ForOfStatement, WhileStatement)";
const PAIRS_IN_LOOPS = [
  `${LOOP} VariableDeclarator[id.type=ArrayPattern][init.type=ArrayExpression]`,
  `${LOOP} AssignmentExpression[left.type=ArrayPattern][right.type=ArrayExpression]`,
].map((selector) => ({
  selector,
  message: "In a loop, assign one after the other: WebKit gets pairs wrong.",
}));

export default [
  {
    ignores: ["**/dist/", "_build/", "build/", "book/", "**/.venv*/"],
  },
  js.configs.recommended,
  {
    rules: {
      "max-lines": ["error", { max: 300 }],
      "max-lines-per-function": [
        "error",
        { max: 40, skipBlankLines: true, skipComments: true },
      ],
      "no-var": "error",
      "prefer-const": ["error", { destructuring: "all" }],
      eqeqeq: "error",
    },
  },
  {
    files: ["d2l_ssd/widgets/static/**/*.js", "tools/page/widgets.js"],
    languageOptions: { globals: globals.browser },
    rules: { "no-restricted-syntax": ["error", ...PAIRS_IN_LOOPS] },
  },
  {
    files: [
      "tests/js/**/*.mjs",
      "tools/**/*.mjs",
      "benchmarks/**/*.mjs",
      "*.mjs",
    ],
    languageOptions: { globals: globals.node },
  },
  {
    files: ["tests/browser/*.mjs"],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
];
