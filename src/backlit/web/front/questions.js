/** The questions that learners really ask, each with the place on the page where the answer is. */

/** @import { Layer } from "./document.js" */
/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./state.js").Look} Look */
/** @typedef {{slug: string, question: string, look: (model: Model) => Look | null}} Question */

/** @type {Question[]} */
export const QUESTIONS = [
  {
    slug: "from-dense-to-filters",
    question: "How does the error get from the dense layer into the filters?",
    look: (model) => atWeight(model, first(convolutions(model)), "story"),
  },
  {
    slug: "which-numbers-are-added",
    question: "Which numbers are added for one weight?",
    look: (model) => atWeight(model, first(convolutions(model)), "filter"),
  },
  {
    slug: "how-many-gradients",
    question: "How many gradients does a shared weight get?",
    look: (model) => atWeight(model, first(convolutions(model)), "matrix"),
  },
  {
    slug: "why-turned",
    question: "Why is the filter turned by 180°, and where isn't it?",
    look: (model) => atInputError(model, last(convolutions(model).filter(wide)), "correlation"),
  },
  {
    slug: "pooling",
    question: "What does pooling pass back?",
    look: (model) =>
      atInputError(model, first(model.nodes.filter((node) => /Pool/.test(node.kind)))),
  },
  {
    slug: "channels-share-a-filter",
    question: "Do all input channels share a filter?",
    look: (model) => atOutput(model, last(convolutions(model)), "forward"),
  },
  {
    slug: "stride",
    question: "What changes with stride 2?",
    look: (model) => atInputError(model, first(convolutions(model).filter(strided)), "correlation"),
  },
  {
    slug: "one-over-n",
    question: "Where does the 1/N go?",
    look: (model) => strongest(model, `${model.document.output}.error`, "number"),
  },
];

/** @param {Model} model @param {string} slug @returns {Look | null} */
export function answer(model, slug) {
  return QUESTIONS.find((each) => each.slug === slug)?.look(model) ?? null;
}

/** @param {Model} model */
function convolutions(model) {
  return model.nodes.filter((node) => node.kind === "Conv2d");
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
  const { index } = model.strongest(`${node.name}.weight.gradient`, null);
  const address = { name: `${node.name}.weight`, index };
  return { address, image: model.pulling(address), view, detail: "" };
}

/** @param {Model} model @param {Layer | undefined} node @param {string} [detail] @returns {Look | null} */
function atInputError(model, node, detail = "") {
  if (!node) return null;
  return strongest(model, `${node.inputs[0]}.error`, "number", detail);
}

/** @param {Model} model @param {Layer | undefined} node @param {string} view @returns {Look | null} */
function atOutput(model, node, view) {
  return node ? strongest(model, `${node.name}.output`, view) : null;
}

/** The largest number of an array.
 * @param {Model} model @param {string} name @param {string} view
 * @param {string} [detail] @returns {Look} */
function strongest(model, name, view, detail = "") {
  const address = model.strongest(name, null);
  return { address, image: address.index[0], view, detail };
}
