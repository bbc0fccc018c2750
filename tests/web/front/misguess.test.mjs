/** Wrong guesses about two images, two channels and two filters, in numbers without coincidences. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { front, read } from "./front.mjs";

const { Model } = await front("model.js");
const { mistakeOf } = await front("misguess.js");

const two = new Model(read("two"));
const isNear = (guess, value) => Math.abs(guess - value) <= 1e-9;
const told = (model, text, guess) => mistakeOf(model, model.parse(text), guess, isNear);
const WEIGHT = "conv1.weight[0,0,0,1]";
const { total, parts } = two.explain(two.parse(WEIGHT));
const products = parts[0].terms.map((term) => term.product);

test("the average, one product alone, and the sign of a weight's gradient", () => {
  assert.match(
    told(two, WEIGHT, total / products.length),
    /average of the products, but a shared weight/,
  );
  assert.match(told(two, WEIGHT, products.at(-1)), /last product alone/);
  assert.match(told(two, WEIGHT, products[0]), /first product alone/);
  assert.match(told(two, WEIGHT, -total), /the sign is not: the minus belongs to the update/);
});

test("a filter that was turned", () => {
  const other = two.explain(two.parse("conv1.weight[0,0,2,1]")).total;
  assert.match(told(two, WEIGHT, other), /gradient of conv1\.weight\[0,0,2,1\], on the other side/);
  const text = "input.error[0,0,1,1]";
  const error = two.explain(two.parse(text)).parts[0];
  const filter = two.tensor("conv1.weight");
  const turned = error.terms.reduce((sum, { factors }) => {
    const [dy, w] = factors;
    const [o, c, u, v] = w.index;
    return sum + dy.value * filter.at([o, c, 2 - u, 2 - v]);
  }, 0);
  assert.match(told(two, text, turned), /filter turned by 180°/);
});

test("a forgotten factor", () => {
  const sums = ["dY", "X"].map((symbol) =>
    parts[0].terms
      .flatMap(({ factors }) => factors.filter((each) => each.symbol === symbol))
      .reduce((sum, { value }) => sum + value, 0),
  );
  for (const [guess, left] of [
    [sums[0], "X"],
    [sums[1], "dY"],
  ]) {
    assert.match(
      told(two, WEIGHT, guess),
      new RegExp(`leaves out ${left}: each product has dY and X`),
    );
  }
});

test("one image of several, and the division by their number", () => {
  const first = parts[0].terms
    .filter(({ index }) => index.n === 0)
    .reduce((sum, { product }) => sum + product, 0);
  assert.match(told(two, WEIGHT, first), /part of image 0 alone/);
  assert.match(told(two, WEIGHT, total / 2), /divided by the number of images/);
});

test("one filter of several, for the error of a pixel", () => {
  const found = two.explain(two.parse("input.error[0,0,1,1]")).parts[0];
  const first = found.terms
    .filter(({ index }) => index.o === 0)
    .reduce((sum, { product }) => sum + product, 0);
  assert.match(told(two, "input.error[0,0,1,1]", first), /what comes from map 0 alone/);
});

test("what is no known mistake, and what is right, is not told", () => {
  assert.equal(told(two, WEIGHT, 1234.5), null);
  assert.equal(told(two, WEIGHT, total), null);
});
