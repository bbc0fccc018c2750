/** Any number: what it is the sum of, through whichever layer. */

import { html } from "../vendor/preact.js";
import { most } from "../colors.js";
import { Grid } from "../grid.js";
import { counted, listing, percent, show } from "../numbers.js";
import { Agreement, Equation, Link, Registers, Terms, WithNumbers } from "../pieces.js";
import { Python } from "../python.js";
import { hasFilters, isParameter, quantityOf, title as titleOf, write } from "../model.js";
import { isSecret } from "../secret.js";
import { BackwardToInput } from "./input.js";
import { Curve } from "./curve.js";
import { PoolPicture } from "./pool.js";
import { FlattenPicture, MergePicture, NormPicture } from "./layer_pictures.js";

/** @import { ViewProps } from "../app.js" */
/** @import { Explanation, Part } from "../model.js" */
/** @import { Facts, Layer } from "../document.js" */
/** @typedef {Facts["family"]} Family */
/** @typedef {Pick<ViewProps, "model" | "look" | "go" | "width"> &
 *   {part: Part, node: Layer | undefined, backward: boolean}} PictureProps */

/** @param {ViewProps} props */
export function NumberView({ model, look, go, width, still }) {
  const faces = look.view === "input";
  const { address } = look;
  const explanation = model.explain(address);
  const { parts } = explanation;
  const terms = parts.reduce((sum, part) => sum + part.terms.length, 0);
  const both = address.name.endsWith(".output") || address.name === "input";
  const error = {
    name: address.name === "input" ? "input.error" : address.name.replace(/output$/, "error"),
    index: address.index,
  };
  return html`<section class="number-view">
    <h2><code>${titleOf(explanation)}</code> <span class="answer">= ${show(explanation.explained === "value" ? explanation.value : (explanation.gradient ?? explanation.value), 6)}</span></h2>
    ${both && html`<p class="follow">The error that came back to it: <${Link} address=${error} ...${{ model, go }} /></p>`}
    ${address.name.endsWith(".error") && html`<p class="follow">It is the error of <${Link} address=${model.without(address)} ...${{ model, go }} />: how the loss changes with it.</p>`}
    ${
      parts.length > 1 &&
      html`<p>Its output is read by ${listing(parts.map((part) => part.layer))}; what comes back on these paths <b>adds up</b>:
      ${" "}${parts.map((part) => show(part.total)).join(" + ")} = ${show(explanation.total)}.</p>`
    }
    ${parts.map((part) => html`<${Way} ...${{ model, look, go, part, explanation, width, still, faces, several: parts.length > 1 }} key=${part.layer} />`)}
    ${parts.length > 1 && html`<p class="count">${counted(terms, "term")} in all.</p>`}
    <${Agreement} explanation=${explanation} model=${model} />
  </section>`;
}

/** One layer's part; with faces, what a convolution hands back is shown in three ways.
 * @param {Pick<ViewProps, "model" | "look" | "go" | "width" | "still"> &
 *   {part: Part, explanation: Explanation, faces: boolean, several: boolean}} props */
function Way({ model, look, go, part, explanation, width, still, faces, several }) {
  const node = model.node(part.layer);
  const { book, notes } = node ?? model.document.loss;
  const backward = explanation.explained === "gradient";
  const convolved = faces && backward && hasFilters(node);
  const through = backward && !isParameter(look.address) ? "It comes back through " : "";
  const title = node ? `${through}${part.layer}: ${node.title}` : model.document.loss.title;
  return html`<article class="way">
    <h3>${several ? "One way: " : ""}${title}</h3>
    ${
      convolved
        ? html`<${BackwardToInput} ...${{ model, look, go, part, width, still }} key=${`${write(look.address)} ${look.detail}`} />`
        : html`<${Picture} ...${{ model, look, go, part, node, backward, width }} />
        <${Registers}
          words=${html`<p>${part.equation.words}</p>${notes.map((note) => html`<p>${note}</p>`)}`}
          numbers=${html`<${WithNumbers} name=${titleOf(explanation)} parts=${[part]} total=${part.total} model=${model} go=${go} />`}
          equation=${html`<${Equation} equation=${part.equation} />`}
          python=${html`<${Python} ...${{ model, part, index: look.address.index, book: lines(book, look.address, backward) }} />`} />
        ${part.terms.length > 0 && html`<${Terms} parts=${[part]} total=${part.total} model=${model} go=${go} limit=${6} />`}`
    }
  </article>`;
}

/** The lines of the book that compute a number.
 * @param {Record<string, string>} book @param {import("../model.js").Address} address
 * @param {boolean} backward */
function lines(book, { name }, backward) {
  if (!backward) return book.forward;
  return book[quantityOf(name)] ?? book.input ?? book.backward;
}

/** What shows a layer best. @param {PictureProps} props */
function Picture(props) {
  const { node } = props;
  if (!node) return html`<${Probabilities} ...${props} />`;
  const picture = PICTURES[node.facts.family];
  if (!picture || (node.facts.family === "pool" && !node.window)) return null;
  return html`<${picture} ...${props} />`;
}

/** By what a layer is like. @type {Partial<Record<Family, (props: PictureProps & {node: Layer}) => unknown>>} */
const PICTURES = {
  activation: Curve,
  add: MergePicture,
  concat: MergePicture,
  dense: DensePicture,
  flatten: FlattenPicture,
  normalization: NormPicture,
  pool: PoolPicture,
};

/** p, t and p − t for every class. @param {PictureProps} props */
function Probabilities({ model, look, go }) {
  const image = look.image;
  const output = model.document.output;
  const truth = model.document.labels[image];
  return html`<div class="scroll"><table class="classes">
    <thead><tr><th>class</th><th class="right">score</th><th class="right">p, softmax</th><th class="right">t, truth</th><th class="right">p − t</th><th class="right">error (p − t)/N</th></tr></thead>
    <tbody>${model.classes.map((name, k) => {
      const p = model.tensor("probability").at([image, k]);
      const t = k === truth ? 1 : 0;
      return html`<tr class=${t ? "truth" : ""}><th scope="row">${name}</th>
        <td class="right"><${Link} address=${{ name: `${output}.output`, index: [image, k] }} label="" ...${{ model, go }} /></td>
        <td class="right">${isSecret({ name: "probability", index: [image, k] }) ? "?" : percent(p)}</td><td class="right">${t}</td><td class="right">${isSecret({ name: `${output}.error`, index: [image, k] }) ? "?" : show(p - t)}</td>
        <td class="right"><${Link} address=${{ name: `${output}.error`, index: [image, k] }} label="" ...${{ model, go }} /></td></tr>`;
    })}</tbody></table></div>
    <p class="hint">Why p − t? Raise one score a little: its own p rises, and all others fall, since they add up to 1. For the true class that lets the loss −ln p fall by 1 − p of the step; for another it lets it rise by p.</p>
    <p class="hint">1/N, with N = ${model.images}, is applied here, once: the loss is a mean over the batch, and everything below carries it on.</p>`;
}

/** A row of the weights times the inputs, or a column of them times the errors. @param {PictureProps} props */
function DensePicture({ look, part }) {
  const size = Math.ceil(Math.sqrt(part.terms.length));
  if (part.terms.length <= 16) return null; // the list below shows them all
  const numbers = part.terms.map((term) => term.product);
  const rows = Array.from({ length: Math.ceil(numbers.length / size) }, (_, row) =>
    numbers.slice(row * size, (row + 1) * size),
  );
  return html`<figure><figcaption>All ${numbers.length} products of ${write(look.address)}, in the order of the sum</figcaption>
    <${Grid} rows=${rows} name="products" role="gradient" width=${320} scale=${most(rows)} tell=${(/** @type {number} */ row, /** @type {number} */ column) => `term ${row * size + column}`} /></figure>`;
}
