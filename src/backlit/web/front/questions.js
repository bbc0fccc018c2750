/** The questions that learners really ask, each with the place on the page where the answer is. */

import { html, useEffect, useRef, useState } from "./vendor/preact.js";
import { hasFilters } from "./model.js";
import { counted } from "./numbers.js";

/** @import { Layer } from "./document.js" */
/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./state.js").Look} Look */
/** `toy` is the step of `backlit toy` that has the layer which the question is about.
 * @typedef {{slug: string, question: string, toy: string, look: (model: Model) => Look | null,
 *   say: (model: Model, look: Look) => string}} Question */

/** @type {Question[]} */
export const QUESTIONS = [
  {
    slug: "from-dense-to-filters",
    question: "How does the error get from the dense layer into the filters?",
    toy: "layers",
    look: (model) => atWeight(model, first(convolutions(model)), "story"),
    say: () =>
      "Step by step, as in the dense layers: each layer turns the error of its output into the error of its input. Flatten only brings the row of errors back into maps, a pool or a ReLU lets it pass or stops it, and at a convolution it is used twice: times the inputs it gives the gradient of the filter, and times the filter's weights it gives the error of the layer before, which travels on to the filters there. Follow the numbered steps.",
  },
  {
    slug: "which-numbers-are-added",
    question: "Which numbers are added for one weight?",
    toy: "filter",
    look: (model) => atWeight(model, first(convolutions(model)), "filter"),
    say: () =>
      "One product for each position: the error there, times the input that the weight met there. Lay the error map over the input, shifted by the weight's place in the filter; what lies on each other is multiplied, and everything is added up.",
  },
  {
    slug: "how-many-gradients",
    question: "How many gradients does a shared weight get?",
    toy: "filter",
    look: (model) => atWeight(model, first(convolutions(model)), "filter"),
    say: (model, look) => {
      const count = model
        .explain(look.address)
        .parts.reduce((sum, part) => sum + part.terms.length, 0);
      return `One. The weight was used at ${counted(count, "position")}${model.images > 1 ? ` of all ${model.images} images together` : ""}, so there are ${counted(count, "product")}, the gradients that unshared weights would have; but it is one weight, and its gradient is their sum. The view “As a matrix” shows where it is used again.`;
    },
  },
  {
    slug: "why-turned",
    question: "Why is the filter turned by 180°, and where isn't it?",
    toy: "filter",
    look: (model) => atInputError(model, last(convolutions(model).filter(wide)), "correlation"),
    say: () =>
      "It is turned in one place only: if the error of a convolution's input is written as a correlation. A pixel went into its first outputs through the filter's last weights, and into its last outputs through the first ones; walking through these outputs in order meets the weights in reverse. It is not turned in the forward pass, not in the gradient of the filter, and not in the faces “gather” and “scatter” of this very number.",
  },
  {
    slug: "pooling",
    question: "What does pooling pass back?",
    toy: "pool",
    look: (model) =>
      atInputError(model, first(model.nodes.filter((node) => node.facts.family === "pool"))),
    say: () =>
      "A max pool hands the whole error of a window to the one number that was the largest there, and nothing to the others; an average pool gives every number an equal part. There is nothing to learn in a pool, but the error passes.",
  },
  {
    slug: "channels-share-a-filter",
    question: "Do all input channels share a filter?",
    toy: "channels",
    look: (model) => atOutput(model, last(convolutions(model)), "forward"),
    say: (model, look) => {
      const groups = model.owner(look.address)?.groups ?? 1;
      const whose =
        groups > 1
          ? `each input channel of its group (here are ${groups} groups)`
          : "each input channel";
      return `No. A filter has a slice of its own for ${whose}, and adds up what all slices give, so that one number comes out. As many maps come out as there are filters.`;
    },
  },
  {
    slug: "stride",
    question: "What changes with stride 2?",
    toy: "stride",
    look: (model) => atInputError(model, first(convolutions(model).filter(strided)), "correlation"),
    say: (model) => {
      const node = first(convolutions(model).filter(strided));
      const [rows, columns] = node?.window ?? [];
      const plain = `Forward the filter moves two steps at a time, so the output is half as large.`;
      const here =
        rows && columns && (rows.stride !== 2 || columns.stride !== 2)
          ? `Here it moves ${rows.stride} rows and ${columns.stride} columns at a time.`
          : "";
      const below = node
        ? " Below they are gray; zeros behind the last error are there where the last inputs met no output."
        : "";
      return `${plain} ${here} On the way back to the filter the error map lies over every second input only: error (i, j) meets input (2i + u − p, 2j + v − p), with the weight at row u, column v of the filter and a padding of p. On the way back to the input there is no output at every second place, so zeros are put between the errors before the filter slides over them.${below}`;
    },
  },
  {
    slug: "one-over-n",
    question: "Where does the 1/N go?",
    toy: "batch",
    look: (model) => strongest(model, `${model.document.output}.error`, "number"),
    say: (model) =>
      `Into the very first error, once: the loss is the mean over the batch of N = ${model.images}, so each score's error is (p − t)/${model.images}. From there on it is carried along in every error; gradients are sums, and nothing is divided again.${model.images === 1 ? " Here the batch is a single image, so the division changes nothing; with several (--images 0:8, or on the page of “backlit toy batch”) it shows." : ""}`,
  },
];

/** All questions, each a button that leads to the answer.
 * @param {{model: Model, look: Look, go: (change: Partial<Look>) => void}} props */
export function Questions({ model, look, go }) {
  const [open, setOpen] = useState(() => innerWidth > WIDE);
  // Who has found the way needs the room; who closes an answer may have another question.
  const place = `${look.view} ${look.address.name}`;
  const last = useRef({ place, question: look.question });
  useEffect(() => {
    const { place: before, question } = last.current;
    last.current = { place, question: look.question };
    if (question && !look.question) setOpen(innerWidth > WIDE);
    else if (place !== before) setOpen(false);
  }, [place, look.question]);
  if (look.question) return null;
  const ask = (/** @type {string} */ slug) => go(answer(model, slug, look) ?? look);
  return html`<details class="questions" open=${open} onToggle=${(/** @type {any} */ event) => setOpen(event.currentTarget.open)}>
    <summary>Questions, and where this page answers them</summary>
    <ul>${QUESTIONS.map(({ slug, question }) => html`<li><button type="button" onClick=${() => ask(slug)}>${question}</button></li>`)}</ul>
  </details>`;
}

const WIDE = 900; // pixels

/** The question that led here, and its answer in a few sentences.
 * @param {{model: Model, look: Look, go: (change: Partial<Look>) => void}} props */
export function Question({ model, look, go }) {
  const asked = QUESTIONS.find((each) => each.slug === look.question);
  if (!asked) return null;
  return html`<aside class="question" aria-label="question">
    <button type="button" aria-label="close" onClick=${() => go({ ...look, question: "" })}>×</button>
    <p><b>${asked.question}</b></p><p>${asked.say(model, look)}</p>
    ${!asked.look(model) && html`<p>This network has no such layer. One that has, for pencil and paper, is opened by <code>backlit toy ${asked.toy}</code>.</p>`}</aside>`;
}

/** Where a question is answered; here, if the network has no such layer to show.
 * @param {Model} model @param {string} slug @param {Look} here @returns {Look | null} */
export function answer(model, slug, here) {
  const asked = QUESTIONS.find((each) => each.slug === slug);
  return asked ? { ...(asked.look(model) ?? here), question: slug } : null;
}

/** @param {Model} model */
function convolutions(model) {
  return model.nodes.filter(hasFilters);
}

/** @param {Layer} node */
function wide(node) {
  return node.window?.some((axis) => axis.kernel > 1);
}

/** @param {Layer} node */
function strided(node) {
  return node.window?.some((axis) => axis.stride > 1);
}

/** @param {Layer[]} nodes @returns {Layer | undefined} */
function first(nodes) {
  return nodes[0];
}

/** @param {Layer[]} nodes @returns {Layer | undefined} */
function last(nodes) {
  return nodes[nodes.length - 1];
}

/** @param {Model} model @param {Layer | undefined} node @param {string} view @returns {Look | null} */
function atWeight(model, node, view) {
  if (!node) return null;
  const address = model.steepest(`${node.name}.weight`);
  return { address, image: model.pulling(address), view, detail: "" };
}

/** @param {Model} model @param {Layer | undefined} node @param {string} [detail] @returns {Look | null} */
function atInputError(model, node, detail = "") {
  if (!node) return null;
  const view = hasFilters(node) ? "input" : "number";
  return strongest(model, `${node.inputs[0]}.error`, view, detail);
}

/** @param {Model} model @param {Layer | undefined} node @param {string} view @returns {Look | null} */
function atOutput(model, node, view) {
  return node ? strongest(model, `${node.name}.output`, view) : null;
}

/** The largest number of an array.
 * @param {Model} model @param {string} name @param {string} view
 * @param {string} [detail] @returns {Look} */
function strongest(model, name, view, detail = "") {
  const address = model.strongest(name);
  return { address, image: address.index[0], view, detail };
}
