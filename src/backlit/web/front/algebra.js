/**
 * Evaluates equations: one element as the list of terms whose sum it is.
 *
 * An equation arrives as nested lists (see `views/data/algebra.py`).  It is compiled once into functions of
 * the values of its letters.  The rules are those of `equations/evaluation.py`: a sum gives one term
 * for each place at which everything that is read exists; a factor beside it goes into every term;
 * parts that are added give their terms one after the other.
 */

/** @import { Atom, Cases, Comparison, Equation, Expression, Place } from "./document.js" */
/** @import { Ratio, Reading, Summing } from "./document.js" */
/** @typedef {{symbol: string, index: number[], value: number}} Factor */
/** @typedef {{product: number, factors: Factor[], index: Record<string, number>}} Term */
/** @typedef {Record<string, number>} Values */
/** @typedef {(symbol: string, index: number[]) => number | undefined} Read */

/** Those of `equations/functions.py`. @type {Record<string, (...given: number[]) => number>} */
export const FUNCTIONS = {
  exp: Math.exp,
  log: Math.log,
  log1p: Math.log1p,
  sqrt: Math.sqrt,
  tanh: Math.tanh,
  max: Math.max,
  min: Math.min,
  sigmoid: (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  erfc,
  expm1: Math.expm1,
};

/** @type {Record<string, (a: number, b: number) => boolean>} */
const RELATIONS = {
  "=": (a, b) => a === b,
  "≠": (a, b) => a !== b,
  ">": (a, b) => a > b,
  "<": (a, b) => a < b,
  "≥": (a, b) => a >= b,
};

/** The terms of one element.
 * @param {Equation} equation as it stands in the document
 * @param {number[]} index which element
 * @param {Values} sizes the numbers behind letters such as N and OH
 * @param {Read} read gives the number of a tensor at a place; undefined where it has no such tensor
 * @returns {{terms: Term[], total: number, possible: number, candidates: Term[]}} */
export function evaluate(equation, index, sizes, read) {
  const values = { ...sizes };
  (equation.at ?? []).forEach((place, axis) => {
    const letter = single(place);
    if (letter !== null) values[letter] = index[axis];
  });
  const evaluation = new Evaluation(equation, index, sizes, read);
  const terms = evaluation.terms(equation.right, values);
  const total = terms.reduce((sum, term) => sum + term.product, 0);
  return { terms, total, possible: evaluation.possible, candidates: evaluation.candidates };
}

/** The evaluation of one element: what it is given, and what is noted on the way. */
class Evaluation {
  /** @param {Equation} equation @param {number[]} place @param {Values} sizes @param {Read} read */
  constructor(equation, place, sizes, read) {
    this.equation = equation;
    this.place = place;
    this.sizes = sizes;
    this.given = read;
    this.possible = 0;
    /** @type {Term[]} */
    this.candidates = [];
    /** @type {Map<string, number>} */
    this.worked = new Map();
  }

  /** @param {Expression} node @param {Values} values @returns {Term[]} */
  terms(node, values) {
    switch (node[0]) {
      case "total":
        return node[1].flatMap(([sign, part]) => {
          const terms = this.terms(part, values);
          if (sign > 0) return terms;
          const minus = { symbol: "−1", index: [], value: -1 };
          return terms.map((each) => term([minus, ...each.factors], each.index));
        });
      case "sum": {
        const found = this.visit(node, values);
        this.possible += found.possible;
        return found.terms;
      }
      case "maximum":
        this.candidates = this.visit(node, values).terms;
        return [largest(this.candidates)];
      case "cases":
        return this.terms(this.branch(node, values), values);
      case "product": {
        const at = node[1].findIndex((each) => each[0] === "sum");
        const factors = (/** @type {Expression[]} */ nodes) =>
          nodes.map((each) => this.factor(each, values));
        if (at < 0) return [term(factors(node[1]))];
        const before = factors(node[1].slice(0, at));
        const after = factors(node[1].slice(at + 1));
        return this.terms(node[1][at], values).map((each) =>
          term([...before, ...each.factors, ...after], each.index),
        );
      }
    }
    return [term([this.factor(node, values)])];
  }

  /** All products of a sum, or all candidates of a maximum.
   * @param {Summing} node @param {Values} outside */
  visit(node, outside) {
    const [, loops, body, lets, only] = node;
    const factors = body[0] === "product" ? body[1] : [body];
    const computed = reads(body).filter((each) => each[2]);
    /** @type {Term[]} */
    const terms = [];
    const values = { ...outside };
    const summed = [...loops, ...lets].map((each) => each[0]);
    let possible = 0;

    const visitPlace = () => {
      for (const [symbol, place, size] of lets) {
        const at = whole(place, values);
        if (at === null || (size && !(at >= 0 && at < number(size, values)))) return;
        values[symbol] = at;
      }
      if (!computed.every((each) => exists(each, values))) return;
      const found = factors.map((each) => this.factor(each, values));
      if (only && !this.holds(only, values)) return;
      terms.push(term(found, Object.fromEntries(summed.map((each) => [each, values[each]]))));
    };
    const descend = (/** @type {number} */ depth) => {
      if (depth === loops.length) {
        possible += 1;
        visitPlace();
        return;
      }
      const [symbol, start, count] = loops[depth];
      const first = number(start, values);
      const end = first + number(count, values);
      for (let value = first; value < end; value += 1) {
        values[symbol] = value;
        descend(depth + 1);
      }
    };
    descend(0);
    return { terms, possible };
  }

  /** @param {Expression} node @param {Values} values @returns {Factor} */
  factor(node, values) {
    if (node[0] === "cases") return this.factor(this.branch(node, values), values);
    if (node[0] === "read") {
      const index = this.index(node, values);
      return { symbol: node[1], index, value: this.read(node[1], index) };
    }
    return { symbol: text(node), index: [], value: this.value(node, values) };
  }

  /** @param {Expression} node @param {Values} values @returns {number} */
  value(node, values) {
    const each = (/** @type {Expression} */ inner) => this.value(inner, values);
    switch (node[0]) {
      case "constant":
        return node[1];
      case "scalar":
        return values[node[1]];
      case "size":
        return number(node[1], values);
      case "read":
        return this.read(node[1], this.index(node, values));
      case "product":
        return node[1].reduce((a, b) => a * each(b), 1);
      case "ratio":
        return this.ratio(node, values);
      case "power":
        return each(node[1]) ** node[2];
      case "call":
        return FUNCTIONS[node[1]](...node[2].map(each));
      case "indicator":
        return this.holds(node[1], values) ? 1 : 0;
      case "wins": {
        const winner = largest(this.visit(node[1], values).terms);
        const at = node[2].map((place) => number(place, values));
        return Object.values(winner.index).every((place, k) => place === at[k]) ? 1 : 0;
      }
      case "cases":
        return each(this.branch(node, values));
    }
    return this.terms(node, values).reduce((sum, { product }) => sum + product, 0);
  }

  /** exp(a) / Σ exp(b) is 1 / Σ exp(b − a), which cannot overflow.
   * @param {Ratio} node @param {Values} values @returns {number} */
  ratio(node, values) {
    const [, above, below] = node;
    const power = exponent(above);
    const other = below[0] === "sum" ? exponent(below[2]) : null;
    if (power && other && below[0] === "sum") {
      const [kind, loops, , ...rest] = below;
      /** @type {Expression} */
      const shift = ["constant", -this.value(power, values), ""];
      /** @type {Expression} */
      const sum = [
        "total",
        [
          [1, other],
          [1, shift],
        ],
        "",
      ];
      return 1 / this.value([kind, loops, ["call", "exp", [sum], ""], ...rest], values);
    }
    return this.value(above, values) / this.value(below, values);
  }

  /** @param {Comparison} condition @param {Values} values */
  holds([relation, left, right], values) {
    return RELATIONS[relation](this.value(left, values), this.value(right, values));
  }

  /** @param {Cases} cases @param {Values} values */
  branch([, branches], values) {
    for (const [value, condition] of branches) {
      if (condition === null || this.holds(condition, values)) return value;
    }
    throw new Error("none of the cases holds");
  }

  /** @param {Reading} node @param {Values} values @returns {number[]} */
  index([, , places], values) {
    return places === null ? this.place : places.map((each) => number(each, values));
  }

  /** A number as it was given, or worked out by the equation of its tensor.
   * @param {string} symbol @param {number[]} index @returns {number} */
  read(symbol, index) {
    const found = this.given(symbol, index);
    if (found !== undefined) return found;
    const key = `${symbol}[${index}]`;
    const known = this.worked.get(key);
    if (known !== undefined) return known;
    const source = this.equation.sources.find((each) => each.symbol === symbol);
    if (!source) throw new Error(`nothing is known of ${symbol}`);
    const { total } = evaluate(source, index, this.sizes, (name, at) =>
      name === symbol ? undefined : this.read(name, at),
    );
    this.worked.set(key, total);
    return total;
  }
}

/** @param {Factor[]} factors @param {Record<string, number>} index @returns {Term} */
function term(factors, index = {}) {
  return { product: factors.reduce((a, b) => a * b.value, 1), factors, index };
}

/** The first of the largest; NaN wins, so that it is not lost. @param {Term[]} terms */
function largest(terms) {
  return terms.reduce((best, each) =>
    each.product > best.product || Number.isNaN(each.product) ? each : best,
  );
}

/** What e is raised to; null for everything else. @param {Expression} node */
function exponent(node) {
  return node[0] === "call" && node[1] === "exp" ? node[2][0] : null;
}

/** The one letter that a place consists of, or null. @param {Place} place */
export function single(place) {
  const [only, ...more] = place;
  if (!only || more.length) return null;
  const [factor, [atom, ...others]] = only;
  return factor === 1 && !others.length && typeof atom === "string" ? atom : null;
}

/** A whole-number expression, NaN where a quotient leaves a rest.
 * @param {Place} place @param {Values} values @returns {number} */
export function number(place, values) {
  let sum = 0;
  for (const [factor, atoms] of place) {
    let product = factor;
    for (const atom of atoms) product *= atomValue(atom, values);
    sum += product;
  }
  return sum;
}

/** @param {Atom} atom @param {Values} values @returns {number} */
function atomValue(atom, values) {
  if (typeof atom === "string") return values[atom];
  const above = number(atom[1], values);
  if (atom[0] === "whole") return above;
  const below = number(atom[2], values);
  switch (atom[0]) {
    case "floor":
      return Math.floor(above / below);
    case "remainder":
      return above - below * Math.floor(above / below);
    default:
      return Number.isInteger(above / below) ? above / below : NaN;
  }
}

/** @param {Place} place @param {Values} values */
function whole(place, values) {
  const found = number(place, values);
  return Number.isInteger(found) ? found : null;
}

/** Whether the place at which a tensor is read exists. @param {Reading} node @param {Values} values */
function exists([, , places, sizes], values) {
  return (places ?? []).every((place, axis) => {
    const size = sizes?.[axis];
    if (single(place) !== null || !size || isConstant(place)) return true;
    const at = whole(place, values);
    return at !== null && at >= 0 && at < number(size, values);
  });
}

/** @param {Place} place */
function isConstant(place) {
  return place.every(([, atoms]) => !atoms.length);
}

/** All reads below a node. @param {unknown} node @returns {Reading[]} */
function reads(node) {
  if (!Array.isArray(node)) return [];
  if (node[0] === "read") return [/** @type {Reading} */ (node)];
  return node.flatMap(reads);
}

/** How a coefficient is written. @param {Expression} node */
function text(node) {
  const last = node[node.length - 1];
  return typeof last === "string" ? last : "";
}

/** The complementary error function 1 − erf(x), to the last few of its own digits.
 *
 * Up to 1/2 from a series of erf whose terms all have one sign, e^(−x²) Σ 2ⁿ x^(2n+1) / (2n+1)!!, so
 * that nothing cancels; beyond that from a continued fraction, since a difference to 1 would leave
 * nothing of the tail.
 * (M. Abramowitz, I. Stegun, "Handbook of mathematical functions", 7.1.6 and 7.1.14.)
 * @param {number} x @returns {number} */
export function erfc(x) {
  const size = Math.abs(x);
  if (size > 28) return x > 0 ? 0 : 2; // what is missing is smaller than any number
  // x² rounded would cost digits: h² is exact, and the rest is small.
  const h = Math.fround(size);
  const bell = (Math.exp(-h * h) * Math.exp((h - size) * (h + size))) / Math.sqrt(Math.PI);
  if (size < 0.5) {
    let part = x;
    let sum = x;
    for (let n = 1; Math.abs(part) > 1e-17 * Math.abs(sum); n += 1) {
      part *= (2 * x * x) / (2 * n + 1);
      sum += part;
    }
    return 1 - 2 * bell * sum;
  }
  let fraction = 0;
  for (let k = Math.ceil(250 / (size * size)) + 10; k > 0; k -= 1) {
    fraction = k / 2 / (size + fraction);
  }
  const tail = bell / (size + fraction);
  return x > 0 ? tail : 2 - tail;
}
