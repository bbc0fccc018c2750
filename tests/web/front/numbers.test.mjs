import assert from "node:assert/strict";
import { test } from "node:test";
import { front } from "./front.mjs";

const numbers = await front("numbers.js");

test("a cell has room for five characters", () => {
  const written = {
    0: "0",
    0.004: "≈0",
    0.0123: ".01",
    0.5: ".5",
    "-0.25": "−.25",
    1.25: "1.3",
    "-12.7": "−13",
    123.4: "123",
    98765: "1e+5",
    Infinity: "∞",
    NaN: "NaN",
  };
  for (const [value, text] of Object.entries(written)) {
    assert.equal(numbers.short(Number(value)), text);
    assert.ok(text.length <= 5);
  }
});

test("cells have a power of ten in common only where they need one", () => {
  assert.deepEqual([0, 0.1, 999, NaN, Infinity].map(numbers.power), [0, 0, 0, 0, 0]);
  assert.deepEqual([0.099, 1000, 3.2e-5].map(numbers.power), [-2, 3, -5]);
});

test("shares are in percent, and neither none nor all where they are not quite", () => {
  const written = [0, 1e-5, 0.0123, 0.5, 0.9996, 1].map(numbers.percent);
  assert.deepEqual(written, ["0.0 %", "< 0.1 %", "1.2 %", "50.0 %", "> 99.9 %", "100.0 %"]);
});

test("as many digits as show that a number moved", () => {
  assert.equal(numbers.digitsToShow(1, 0), 4);
  assert.equal(numbers.digitsToShow(1, NaN), 4);
  assert.equal(numbers.digitsToShow(1, 0.5), 4);
  assert.equal(numbers.digitsToShow(1, 1e-6), 9);
  assert.equal(numbers.digitsToShow(1, 1e-60), 12);
});

test("decimals without the 0 before the point", () => {
  assert.equal(numbers.decimal(0.1234, 2), ".12");
  assert.equal(numbers.decimal(-12.345, 3), "−12.35");
  assert.equal(numbers.decimal(0.0001, 2), "≈0");
  assert.equal(numbers.decimal(0, 2), "0");
});

test("counts, lists and ordinals in words", () => {
  assert.equal(numbers.counted(1, "term"), "1 term");
  assert.equal(numbers.counted(1234, "match", "matches"), "1,234 matches");
  assert.deepEqual([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(numbers.listing), [
    "",
    "a",
    "a and b",
    "a, b and c",
  ]);
  assert.deepEqual([1, 2, 3, 4, 11, 12, 13, 21, 22].map(numbers.ordinal), [
    ...["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd"],
  ]);
  assert.equal(numbers.everyOther(1, 1), "every row and column");
  assert.equal(numbers.everyOther(2, 1), "every 2nd row and every column");
  assert.equal(numbers.signed(-2), "(−2)");
});
