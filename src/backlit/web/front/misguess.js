/** Where a wrong guess comes from: the mistakes of `backlit.mistakes`, made with the same numbers. */

import { isParameter, write } from "./model.js";

/** @import { Address, Explanation, Model, Part, Term } from "./model.js" */

/** What a wrong guess would be, as a sentence; null where it is none of the known mistakes.
 * @param {Model} model @param {Address} address @param {number} guess
 * @param {(guess: number, value: number) => boolean} isNear */
export function mistakeOf(model, address, guess, isNear) {
  const explanation = model.explain(address);
  const { total } = explanation;
  for (const [value, sentence] of mistakes(model, explanation)) {
    if (isNear(guess, value) && !isNear(value, total)) return sentence;
  }
  return null;
}

/** Wrong ways, each with its number; the first that fits is told.
 * @param {Model} model @param {Explanation} explanation
 * @returns {Generator<[number, string]>} */
function* mistakes(model, { address, parts, total, explained }) {
  if (explained === "gradient") {
    yield [
      -total,
      isParameter(address)
        ? "The size is right, the sign is not: the minus belongs to the update W − η·dW, not to the gradient."
        : "The size is right, the sign is not: look at the signs of the factors.",
    ];
  }
  const [part, ...others] = parts;
  if (!part || others.length > 0 || !isSum(part)) return;
  const products = part.terms.map((term) => term.product);
  const what = isParameter(address)
    ? "a shared weight collects their sum"
    : "what is asked is their sum";
  for (const count of new Set([part.possible, products.length])) {
    yield [total / count, `That would be the average of the products, but ${what}.`];
  }
  yield [products[products.length - 1], `That is the last product alone, but ${what}.`];
  yield [products[0], `That is the first product alone, but ${what}.`];
  yield* groups(part, "n", (n) =>
    isParameter(address)
      ? `That is the part of image ${n} alone; all images share the weight, and their parts are added up.`
      : null,
  );
  yield* groups(part, "o", (o) => `That is what comes from map ${o} alone; all maps add to it.`);
  yield* groups(part, "c", (c) => `That is channel ${c} alone; the channels are added up.`);
  if (isParameter(address) && model.images > 1) {
    yield [
      total / model.images,
      "That is divided by the number of images; the 1/N of the mean loss is in the errors already.",
    ];
  }
  yield* turned(model, part, address);
  yield* factors(part);
  yield [
    products.reduce((sum, each) => sum + Math.abs(each), 0),
    "That adds up the sizes of the products; their signs count.",
  ];
}

/** Whether the number is nothing but its products, added up. @param {Part} part */
function isSum({ terms, total }) {
  const sum = terms.reduce((all, term) => all + term.product, 0);
  const size = terms.reduce((all, term) => all + Math.abs(term.product), 0);
  return terms.length > 0 && Math.abs(sum - total) <= 1e-9 * size;
}

/** The sums over one value of an index.
 * @param {Part} part @param {string} letter
 * @param {(value: number) => string | null} words @returns {Generator<[number, string]>} */
function* groups(part, letter, words) {
  /** @type {Map<number, number>} */
  const totals = new Map();
  for (const { index, product } of part.terms) {
    if (letter in index) totals.set(index[letter], (totals.get(index[letter]) ?? 0) + product);
  }
  if (totals.size < 2) return;
  for (const [value, sum] of totals) {
    const sentence = words(value);
    if (sentence) yield [sum, sentence];
  }
}

/** The filter turned by 180°.
 * @param {Model} model @param {Part} part @param {Address} address
 * @returns {Generator<[number, string]>} */
function* turned(model, part, address) {
  if (!model.node(part.layer)?.window) return;
  if (isParameter(address)) {
    if (address.index.length < 4) return;
    const other = { name: address.name, index: halfTurn(model, address) };
    yield [
      model.explain(other).total,
      `That is the gradient of ${write(other)}, on the other side of the filter: nothing is turned here.`,
    ];
    return;
  }
  const name = part.letters.W;
  if (!name || !model.has(name)) return;
  let sum = 0;
  for (const { factors } of part.terms) {
    sum += factors.reduce((product, { symbol, index, value }) => {
      if (symbol !== "W") return product * value;
      return product * model.tensor(name).at(halfTurn(model, { name, index }));
    }, 1);
  }
  yield [
    sum,
    "That is with the filter turned by 180°: each weight belongs to the place it lay on.",
  ];
}

/** The index on the other side of a filter. @param {Model} model @param {Address} address */
function halfTurn(model, { name, index }) {
  const { shape } = model.tensor(name);
  return index.map((at, axis) => (axis < 2 ? at : shape[axis] - 1 - at));
}

/** One factor of each product forgotten. @param {Part} part @returns {Generator<[number, string]>} */
function* factors(part) {
  const symbols = new Set(part.terms.flatMap((term) => term.factors.map(({ symbol }) => symbol)));
  if (symbols.size < 2) return;
  for (const symbol of symbols) {
    const sum = part.terms.reduce((all, term) => all + without(term, symbol), 0);
    yield [sum, `That leaves out ${symbol}: each product has ${[...symbols].join(" and ")} in it.`];
  }
}

/** A product without one of its factors. @param {Term} term @param {string} left */
function without({ factors: all }, left) {
  return all.reduce(
    (product, { symbol, value }) => (symbol === left ? product : product * value),
    1,
  );
}
