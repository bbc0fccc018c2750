import assert from "node:assert/strict";
import { test } from "node:test";
import { front } from "./front.mjs";

const { erfc, evaluate, number, single } = await front("algebra.js");

const letter = (symbol) => [[1, [symbol]]];
const constant = (value) => [[value, []]];
const read = (symbol, ...places) => ["read", symbol, places, places.map(() => letter("SIZE"))];

/** An equation Y[i] = ... */
const equation = (right) => ({ at: [letter("i")], right, sources: [] });

test("whole-number expressions", () => {
  const place = [
    [2, ["i"]],
    [1, ["u", "d"]],
    [-1, []],
  ];
  assert.equal(number(place, { i: 3, u: 2, d: 4 }), 13);
  const halves = [[1, [["quotient", letter("h"), constant(2)]]]];
  assert.equal(number(halves, { h: 6 }), 3);
  assert.ok(Number.isNaN(number(halves, { h: 7 })));
  assert.equal(number([[1, [["floor", letter("h"), constant(2)]]]], { h: -7 }), -4);
  assert.equal(number([[1, [["remainder", letter("h"), constant(3)]]]], { h: -1 }), 2);
  assert.equal(single(letter("o")), "o");
  assert.equal(single(place), null);
});

test("a sum leaves out what lies outside, and a factor beside it goes into every term", () => {
  const shifted = [
    [1, ["i"]],
    [1, ["u"]],
    [-1, []],
  ];
  const product = ["product", [read("W", letter("u")), read("X", shifted)], ""];
  const sum = ["sum", [["u", constant(0), constant(3)]], product, [], null, ""];
  const scaled = ["product", [["constant", 10, "10"], sum], ""];
  const tensors = { W: [1, 2, 3], X: [5, 7] };
  const found = evaluate(equation(scaled), [0], { SIZE: 2 }, (symbol, [at]) => tensors[symbol][at]);
  assert.deepEqual(
    found.terms.map(({ product: value, index }) => [value, index.u]),
    [
      [100, 1],
      [210, 2],
    ],
  );
  assert.deepEqual([found.total, found.possible], [310, 3]);
  assert.deepEqual(
    found.terms[0].factors.map(({ symbol, value }) => [symbol, value]),
    [
      ["10", 10],
      ["W", 2],
      ["X", 5],
    ],
  );
});

test("a minus is a factor of its own", () => {
  const difference = [
    "total",
    [
      [1, ["constant", 5, "5"]],
      [-1, ["constant", 3, "3"]],
    ],
    "",
  ];
  const { terms, total } = evaluate(equation(difference), [0], {}, () => undefined);
  assert.equal(total, 2);
  assert.deepEqual(terms[1].factors[0], { symbol: "−1", index: [], value: -1 });
});

test("of equals the first is the largest, and NaN is not lost", () => {
  const largest = [
    "maximum",
    [["u", constant(0), constant(3)]],
    read("X", letter("u")),
    [],
    null,
    "",
  ];
  const winner = (numbers) =>
    evaluate(equation(largest), [0], { SIZE: 3 }, (_, [at]) => numbers[at]).terms[0].index.u;
  assert.equal(winner([1, 4, 4]), 1);
  assert.equal(winner([1, NaN, 4]), 1);
});

test("a number that only is on the way is worked out once, by its own equation", () => {
  const inner = {
    ...equation(["product", [read("X", letter("i")), ["constant", 2, "2"]], ""]),
    symbol: "M",
  };
  const square = ["product", [read("M", letter("i")), read("M", letter("i"))], ""];
  let reads = 0;
  const given = (symbol) => {
    if (symbol !== "X") return undefined;
    reads += 1;
    return 3;
  };
  const outer = { ...equation(square), sources: [inner] };
  assert.equal(evaluate(outer, [0], { SIZE: 1 }, given).total, 36);
  assert.equal(reads, 1);
});

test("a softmax of large scores does not overflow", () => {
  const power = (at) => ["call", "exp", [read("Z", at)], ""];
  const all = ["sum", [["m", constant(0), constant(2)]], power(letter("m")), [], null, ""];
  const share = ["ratio", power(letter("i")), all, ""];
  const found = evaluate(equation(share), [1], { SIZE: 2 }, (_, [at]) => [900, 901][at]);
  assert.ok(Math.abs(found.total - 1 / (1 + Math.exp(-1))) < 1e-15);
});

test("the tail of the error function keeps its digits", () => {
  // M. Abramowitz, I. Stegun, "Handbook of mathematical functions", and erfc(10) to 16 digits.
  for (const [x, true_] of [
    [0, 1],
    [0.5, 0.4795001221869535],
    [1, 0.15729920705028513],
    [-1, 1.8427007929497148],
    [10, 2.088487583762545e-45],
    [Infinity, 0],
    [-Infinity, 2],
  ]) {
    assert.ok(Math.abs(erfc(x) - true_) <= 1e-14 * true_, `${x}`);
  }
});
