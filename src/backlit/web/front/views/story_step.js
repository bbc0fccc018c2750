/** One step of a story: back through one layer, with its picture, its terms and their sum. */

import { html } from "../vendor/preact.js";
import { Grid } from "../grid.js";
import { isParameter, LOSS, title } from "../model.js";
import { bestView } from "../near.js";
import { counted, show } from "../numbers.js";
import { coefficient, Link, Terms } from "../pieces.js";
import { placeInRow } from "./meeting.js";

/** @import { Term } from "../algebra.js" */
/** @import { Go } from "../app.js" */
/** @import { Address, Model, Part } from "../model.js" */
/** @import { Look } from "../state.js" */
/** @import { ThreadStep } from "../thread.js" */
/** @typedef {{model: Model, look: Look, go: Go, step: ThreadStep}} StepProps */

const SMALL = 168; // pixels of a step's map
const FEW = 3; // terms that are listed

/** @param {StepProps} props */
export function Step({ model, look, go, step }) {
  const { part, term } = step;
  if (!part || !term) return null;
  const view = bestView(step.address, model);
  const begins = part.layer === LOSS;
  const heading = begins ? "Where the error begins" : `Back through ${part.layer}`;
  const open = () => go({ address: step.address, view });
  return html`<li><h3>${heading} <button type="button" aria-label=${`open: ${heading}`} onClick=${open}>open</button></h3>
    <div class="step">
      <div class="says">
        <p>${part.equation.words}</p>
        ${
          begins
            ? html`<${Beginning} ...${{ model, go, step }} />`
            : html`<${Product} ...${{ model, go, part, term }} />
            <${Why} ...${{ model, go, step, part }} />
            <${Sum} ...${{ model, look, go, step }} />`
        }
      </div>
      <${Map} ...${{ model, go, step }} />
    </div></li>`;
}

/** Where in its map the number lies; of a weight, what met where its strongest term is from.
 * @param {Pick<StepProps, "model" | "go" | "step">} props */
function Map({ model, go, step }) {
  const { address, part, term } = step;
  const places =
    isParameter(address) && part && term
      ? term.factors.map((factor) => model.source(part, factor)).filter((each) => each !== null)
      : [address];
  const maps = places.filter(({ index }) => index.length === 4);
  return html`<div class="maps">${maps.map(({ name, index: [n, c, row, column] }) => {
    const role = name.endsWith(".error") ? "error" : "x";
    return html`<figure><figcaption>${name}, map ${c}</figcaption>
      <${Grid} rows=${model.tensor(name).rows([n, c])} name=${`${name}, map ${c}`} role=${role} width=${SMALL}
        frames=${[{ top: row, left: column, rows: 1, columns: 1, kind: "term" }]}
        onPick=${(/** @type {number} */ i, /** @type {number} */ j) => go({ address: { name, index: [n, c, i, j] }, view: "best" })} /></figure>`;
  })}</div>`;
}

/** Probability minus truth, with the numbers.
 * @param {Pick<StepProps, "model" | "go" | "step">} props */
function Beginning({ model, go, step }) {
  const { address, explanation } = step;
  const [n, k] = address.index;
  const p = model.tensor("probability").at([n, k]);
  const t = model.document.labels[n] === k ? 1 : 0;
  const batch = model.images;
  const truth = t ? "the true class, so the truth is 1" : "not the true class, so the truth is 0";
  const way = p - t < 0 ? "too low: it is to rise" : "too high: it is to fall";
  return html`<p>The network gave the class ${model.classes[k]} the probability ${show(p)}; it is ${truth}. So its score is ${way}.</p>
    <p class="equation-line"><${Link} ...${{ address, model, go }} value=${false} /> = ${batch > 1 ? `(${show(p)} − ${t}) / ${batch}` : `${show(p)} − ${t}`} = <b>${show(explanation.total)}</b></p>
    ${batch > 1 && html`<p>The loss is the mean over the ${batch} images of the batch, so their number divides it: here, once, and nowhere else.</p>`}`;
}

/** The strongest term.
 * @param {Pick<StepProps, "model" | "go"> & {part: Part, term: Term}} props */
function Product({ model, go, part, term }) {
  return html`<p class="equation-line">${term.factors.map((factor, k) => {
    const address = model.source(part, factor);
    const joint = k > 0 ? " · " : "";
    return address
      ? html`${joint}<${Link} ...${{ address, model, go }} />`
      : html`${joint}<span class="coefficient">${coefficient(factor)}</span>`;
  })} = <b>${show(term.product)}</b></p>`;
}

/** What a layer without sums has decided: where a number went, and why its error passes.
 * @param {Pick<StepProps, "model" | "go" | "step"> & {part: Part}} props */
function Why({ model, go, step, part }) {
  const node = model.node(part.layer);
  const { index } = step.address;
  if (node?.kind === "Flatten" && index.length === 4) {
    return html`<p>${placeInRow(model, node, index)}</p>`;
  }
  if (!node || !ACTIVATIONS.test(node.kind)) return null;
  /** @type {Address} */
  const input = { name: model.output(node.inputs[0]), index };
  const value = model.value(input);
  return html`<p>What went in was <${Link} address=${input} ...${{ model, go }} />${BENT.test(node.kind) && ` which is ${value > 0 ? "above" : "not above"} 0`}.</p>`;
}

const ACTIVATIONS = /^(ReLU|LeakyReLU|ELU|Sigmoid|Tanh|GELU|SiLU)$/;
const BENT = /^(ReLU|LeakyReLU|ELU)$/;

/** The largest terms and what all come to; of a weight, what those of this image do.
 * @param {StepProps} props */
function Sum({ model, look, go, step }) {
  const { address, explanation } = step;
  const { parts, total } = explanation;
  const terms = parts.flatMap((part) => part.terms);
  const own = terms.filter((term) => term.index.n === look.image);
  const name = html`<${Link} ...${{ address, model, go }} value=${false} label=${title(explanation)} />`;
  if (isParameter(address) && model.images > 1 && own.length) {
    const here = own.reduce((sum, each) => sum + each.product, 0);
    return html`<p>With the other ${counted(own.length - 1, "term")} of this image that makes <b>${show(here)}</b>.
      ${" "}The other ${counted(model.images - 1, "image")} of the batch, with ${counted(terms.length - own.length, "term")}, add ${show(total - here)}: ${name} = <b>${show(total)}</b></p>`;
  }
  if (terms.length < 2) return html`<p>That makes ${name} = <b>${show(total)}</b></p>`;
  return html`<${Terms} ...${{ parts, total, model, go }} limit=${FEW} />
    <p>So ${name} = <b>${show(total)}</b></p>`;
}
