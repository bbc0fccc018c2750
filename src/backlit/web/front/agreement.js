/**
 * How far a sum of terms may lie from the engine's own value, and how far it does.
 *
 * The rule is that of `explain/agreement.py`, where it is derived: the error of a sum of K terms is
 * at most (K + m) · eps · Σ|terms|, and what cancels inside a term counts like a term.
 * `tests/web/test_parity.py` holds the two equal.
 */

import { LOSS } from "./model.js";
import { show } from "./numbers.js";

/** @import { Explanation, Model, Part } from "./model.js" */
/** @typedef {{difference: number, usual: number, bound: number, holds: boolean}} Agreement */

const OPERATIONS = 16; // m: no term takes more

/** @param {Model} model @param {Explanation} explanation @returns {Agreement} */
export function agreement(model, explanation) {
  const { total, engine, parts } = explanation;
  const terms = parts.flatMap((part) => part.terms);
  const products = terms.reduce((sum, { product }) => sum + Math.abs(product), 0);
  const size = parts.reduce((sum, part) => sum + inside(model, explanation, part), 0) + products;
  const unit = size * (model.document.dtype === "float64" ? 2 ** -52 : 2 ** -23);
  const count = terms.length + OPERATIONS;
  const bound = count * unit;
  const same = total === engine || (Number.isNaN(total) && Number.isNaN(engine));
  const difference = same ? 0 : Math.abs(total - engine);
  const holds = difference === 0 || difference <= bound;
  return { difference, usual: Math.sqrt(count) * unit, bound, holds };
}

/** What rounding has to do with a difference. @param {Agreement} agreement */
export function verdict({ bound, holds }) {
  if (holds) return `rounding may make up to ${show(bound, 2)}`;
  return `more than the ${show(bound, 2)} that rounding can make`;
}

/** The sizes of what cancels inside the terms of a part.
 * @param {Model} model @param {Explanation} explanation @param {Part} part @returns {number} */
function inside(model, { address }, part) {
  if (address.name === "probability" || address.name === "loss") {
    // e^Z and ln Σ e^Z: an error of eps·|Z| in the exponent is one of that share in the result.
    const scores = model.tensor(`${model.document.output}.output`).numbers;
    return 1 + 2 * Math.max(0, ...scores.map(Math.abs));
  }
  if (part.layer === LOSS) return 0;
  const { scale, eps, facts } = model.layer(part.layer);
  const at = (/** @type {string} */ letter, /** @type {number[]} */ index) =>
    Math.abs(model.tensor(part.letters[letter]).at(index));
  if (scale !== null) {
    const error = address.name.endsWith(".output") ? 1 : at("dY", address.index);
    return error * scale * (1 + at("X", address.index));
  }
  return facts.family === "normalization" ? insideBatchNorm(model, address, part, eps ?? 0, at) : 0;
}

/** X − μ, divided by the root, wherever it is a factor.
 * @param {Model} model @param {import("./model.js").Address} address @param {Part} part
 * @param {number} eps @param {(letter: string, index: number[]) => number} at a size */
function insideBatchNorm(model, { name, index }, part, eps, at) {
  const parameter = /\.(weight|bias)$/.test(name);
  const c = parameter ? index[0] : index[1];
  const root = Math.sqrt(model.tensor(part.letters["σ²"]).at([c]) + eps);
  const { shape } = model.tensor(part.letters.X);
  if (parameter) {
    let sum = 0;
    for (let n = 0; n < shape[0]; n += 1) {
      for (let i = 0; i < shape[2]; i += 1) {
        for (let j = 0; j < shape[3]; j += 1) {
          const place = [n, c, i, j];
          sum += at("dY", place) * (at("X", place) + at("μ", [c]));
        }
      }
    }
    return sum / root;
  }
  const normalized = (at("X", index) + at("μ", [c])) / root;
  const gamma = at("γ", [c]);
  if (name.endsWith(".output")) return gamma * normalized;
  const count = shape.reduce((product, side) => product * side, 1) / shape[1];
  return (gamma / root / count) * normalized * at("dγ", [c]);
}
