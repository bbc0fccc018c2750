import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["**/vendor/", "**/node_modules/"] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2022, sourceType: "module", globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "object-shorthand": "error",
      "no-else-return": "error",
      "no-implicit-coercion": ["error", { boolean: false }],
      "no-throw-literal": "error",
      "no-unused-expressions": "error",
      curly: ["error", "multi-line"],
    },
  },
  {
    files: ["tests/web/front/**"],
    languageOptions: { globals: globals.node },
  },
];
