/** What is looked at, on the network of `backlit toy`: one convolution, flatten, one dense layer. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { front, read } from "./front.mjs";

const { Model, meaning, ofImages, places, same, title, write } = await front("model.js");
const near = await front("near.js");
const { thread } = await front("thread.js");
const state = await front("state.js");
const { answer } = await front("questions.js");
const { isSecret, keepSecret } = await front("secret.js");

const toy = new Model(read("toy"));
const at = (text) => toy.parse(text);
const WEIGHT = at("conv1.weight[0,0,1,0]");

test("what a number is called", () => {
  assert.equal(write(WEIGHT), "conv1.weight[0,0,1,0]");
  assert.equal(write(at("loss")), "loss");
  assert.equal(places(WEIGHT), "filter 0, channel 0, row 1, column 0");
  assert.equal(
    meaning(at("conv1.error[0,0,1,2]")),
    "the error at the output of conv1; image 0 of the batch, map 0, row 1, column 2",
  );
  assert.equal(title(toy.explain(WEIGHT)), "dL/d conv1.weight[0,0,1,0]");
  assert.ok(same(WEIGHT, at(" conv1.weight [0,0, 1,0]")));
  assert.ok(!same(WEIGHT, null));
  assert.deepEqual(["conv1.error", "input", "conv1.bias", "loss"].map(ofImages), [
    true,
    true,
    false,
    false,
  ]);
});

test("why a text is no address", () => {
  assert.equal(
    toy.complain("conv9.weight[0]"),
    "There is no conv9.weight here; write it like conv1.weight[0,0,0,0].",
  );
  assert.equal(toy.complain(""), "No number was named; write it like conv1.weight[0,0,0,0].");
  assert.match(
    toy.complain("conv1.bias[7]"),
    /conv1\.bias goes from conv1\.bias\[0\] to conv1\.bias\[0\]\.$/,
  );
});

test("each number has a view, and each view a number nearby", () => {
  const standing = (text) => ({ model: toy, address: at(text), image: 0, weight: WEIGHT });
  assert.equal(near.bestView(WEIGHT, toy), "filter");
  assert.equal(near.bestView(at("conv1.output[0,0,0,0]"), toy), "forward");
  assert.equal(near.bestView(at("input.error[0,0,0,0]"), toy), "input");
  assert.equal(near.bestView(at("dense1.weight[0,0]"), toy), "number");
  assert.deepEqual(near.filterNear(standing("conv1.output[0,0,1,1]")), WEIGHT);
  assert.deepEqual(near.outputNear(standing("conv1.error[0,0,1,2]")), at("conv1.output[0,0,1,2]"));
  assert.equal(near.parameterNear(standing("probability[0,1]")).name, "conv1.weight");
  assert.match(near.readNear(standing("conv1.weight[0,0,1,0]")).name, /^input\.error$/);
});

test("a thread leads up to a score's error", () => {
  const names = thread(toy, { address: WEIGHT, image: 0 }).map((step) => step.address.name);
  assert.deepEqual(names, ["conv1.weight", "conv1.error", "flatten1.error", "dense1.error"]);
});

test("the page's address leads back to what is looked at", () => {
  const look = { address: WEIGHT, image: 0, view: "filter", detail: "" };
  assert.equal(state.hash(look), "#filter/conv1.weight[0,0,1,0]/0");
  assert.deepEqual(state.read(toy, state.hash(look), look), look);
  const detailed = { ...look, view: "input", detail: "gather" };
  assert.deepEqual(state.read(toy, encodeURI(state.hash(detailed)), look), detailed);
  for (const nowhere of [
    "",
    "#",
    "#filter",
    "#filter/conv1.weight[9,0,0,0]/0",
    "#%E0%A4%A",
    "#filter/loss/1",
  ]) {
    assert.equal(state.read(toy, nowhere, look), null, nowhere);
  }
  assert.equal(state.tidy({ ...look, address: at("input[0,0,3,3]"), image: 5 }).image, 0);
});

test("a question leads to where its answer is, or stays", () => {
  const here = { address: WEIGHT, image: 0, view: "story", detail: "" };
  const found = answer(toy, "channels-share-a-filter", here);
  assert.deepEqual([found.view, found.address.name], ["forward", "conv1.output"]);
  assert.deepEqual(answer(toy, "pooling", here), { ...here, question: "pooling" }); // it has no pool
  assert.equal(answer(toy, "nothing", here), null);
});

test("what is asked stands nowhere else", () => {
  keepSecret(toy, WEIGHT);
  assert.ok(isSecret({ name: "conv1.weight.gradient", index: [0, 0, 1, 0] }));
  assert.ok(!isSecret(WEIGHT)); // the weight itself may be seen
  keepSecret(toy, null);
  assert.ok(!isSecret({ name: "conv1.weight.gradient", index: [0, 0, 1, 0] }));
});
