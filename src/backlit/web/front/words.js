/** The words of this page, for those who know dense layers. */

import { html } from "./vendor/preact.js";

/** @type {Record<string, string>} */
const WORDS = {
  "filter, or kernel":
    "the weights of a convolution that make one output map: a small slice for each map of its input",
  "map, or channel":
    "a picture of numbers: a layer's output is several of them, one behind the other",
  position:
    "a row i and a column j of an output map; the filter is laid over the input once for each",
  unit: "one output of a dense layer",
  error:
    "dL/d of a number: how fast the loss L grows with it. conv1.error are the errors of what conv1 puts out",
  gradient: "dL/d of a weight or a bias",
  term: "one of the products whose sum a number is",
  thread: "the way of a story: from a weight up to the loss, always by the largest term",
  face: "one way to write, and to look at, the same sum",
  "stride, padding, dilation":
    "how many rows and columns the filter moves on; how many zeros lie around the input; how far the filter's weights lie apart",
  group: "filters and channels that belong together, where not every filter looks at all channels",
  batch: "the images whose loss is averaged, and whose gradients are added up, for one step",
  engine: "what computes: “pure” is the book in plain Python, “fast” is compiled",
};

/** Unfolded by a click. */
export function Words() {
  return html`<details class="words"><summary>Words</summary><dl>${Object.entries(WORDS).map(
    ([word, meaning]) => html`<div><dt>${word}</dt><dd>${meaning}</dd></div>`,
  )}</dl></details>`;
}
