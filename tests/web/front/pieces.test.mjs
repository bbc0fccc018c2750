import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { front } from "./front.mjs";

test("every module can be loaded where there is no page", async () => {
  const folder = process.env.BACKLIT_FRONT;
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".js"));
  assert.ok(names.includes(join("views", "story.js")));
  for (const name of names) await front(name);
});

test("arrays by their index, and maps of them", async () => {
  const { decode, Tensor } = await front("tensors.js");
  const numbers = Float64Array.from({ length: 12 }, (_, k) => k);
  const tensor = new Tensor([2, 3, 2], numbers);
  assert.equal(tensor.at([1, 2, 0]), 10);
  assert.deepEqual(tensor.rows([1]), [
    [6, 7],
    [8, 9],
    [10, 11],
  ]);
  assert.deepEqual(tensor.rows([0, 2]), [[4, 5]]);
  const bytes = Buffer.from(Float32Array.of(0.5, -2).buffer).toString("base64");
  assert.deepEqual(decode({ shape: [2], dtype: "float32", data: bytes }).rows([]), [[0.5, -2]]);
  assert.equal(decode({ shape: [], dtype: "float64", data: "AAAAAAAA8D8=" }).at([]), 1);
});

test("black and white as the network sees them", async () => {
  const { levels } = await front("levels.js");
  assert.deepEqual(levels({ mean: [0.5, 0.25], std: [0.25, 0.5] }, 2), [
    [-2, -0.5],
    [2, 1.5],
  ]);
  assert.deepEqual(levels(null, 1, 15), [[0], [15]]);
});

test("how a window moves", async () => {
  const { placeOf, span, windowAt } = await front("axis.js");
  const axis = { size: 9, kernel: 3, stride: 2, before: 1, after: 0, dilation: 2, output: 3 };
  assert.equal(placeOf(axis, 1, 2), 5); // i·s + u·d − p
  assert.equal(span(axis), 5);
  assert.deepEqual(windowAt([axis, { ...axis, before: 0 }], 1, 0), {
    ...{ top: 1, left: 0, rows: 5, columns: 5, kind: "window" },
  });
});

test("room for maps in a row", async () => {
  const { share, spot, within } = await front("grid.js");
  assert.equal(share(1000, 2, 380), 380);
  assert.equal(share(700, 3, 320), 193);
  assert.equal(share(320, 3, 320), 250); // on a narrow page, below each other
  assert.deepEqual([within(-1, 4), within(2, 4), within(9, 4)], [0, 2, 3]);
  assert.deepEqual(spot(1, 2), { top: 1, left: 2, rows: 1, columns: 1, kind: "term" });
});

test("zero is the paper, and each sign has its color", async () => {
  const { css, diverging, gray, ink, most, widget } = await front("colors.js");
  widget.element = { dataset: { theme: "light" } };
  const light = diverging(2);
  assert.deepEqual(light(0), [255, 255, 255]);
  assert.deepEqual(light(-2), [33, 102, 172]);
  assert.deepEqual(light(99), light(2));
  assert.deepEqual(light(NaN), [128, 128, 128]);
  widget.element = { dataset: { theme: "dark" } };
  assert.deepEqual(diverging(2)(0), [22, 26, 32]);
  widget.element = null;
  assert.equal(css(gray(0.5, 0, 1)), "rgb(128 128 128)");
  assert.equal(css(gray(1, 1, 1)), "rgb(128 128 128)");
  assert.deepEqual([ink([255, 255, 255]), ink([0, 0, 0])], ["#101418", "#ffffff"]);
  assert.equal(
    most([
      [1, -3],
      [NaN, 2],
    ]),
    3,
  );
});
