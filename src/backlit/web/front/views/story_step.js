/** One step of a story: back through one layer, with its picture, its terms and their sum. */

import { html } from "../vendor/preact.js";
import { placeOf } from "../axis.js";
import { Grid, spot } from "../grid.js";
import { Levels, shades } from "../levels.js";
import { hasFilters, isParameter, LOSS, title } from "../model.js";
import { bestView } from "../near.js";
import { counted, show } from "../numbers.js";
import { coefficient, Equation, Link, Terms } from "../pieces.js";
import { placeInRow } from "./layer_pictures.js";
import { windowsAt, winning } from "./pool.js";

/** @import { Term } from "../algebra.js" */
/** @import { Axis, Windowed } from "../document.js" */
/** @import { Go } from "../app.js" */
/** @import { Address, Model, Part } from "../model.js" */
/** @import { Look } from "../state.js" */
/** @import { ThreadStep } from "../thread.js" */
/** @typedef {{model: Model, look: Look, go: Go, step: ThreadStep}} StepProps */

const SMALL = 220; // pixels of a step's map: eight columns then have room for their numbers
const FEW = 3; // terms that are listed

/** Folded it is its largest term, or where the error begins; unfolded it says why, and what else there is.
 * @param {StepProps & {unfolded: boolean}} props */
export function Step({ model, look, go, step, unfolded }) {
  const { part, term } = step;
  if (!part || !term) return null;
  const view = bestView(step.address, model);
  const begins = part.layer === LOSS;
  const heading = begins ? "Where the error begins" : `Back through ${part.layer}`;
  const open = () => go({ address: step.address, view });
  return html`<li><h3>${heading} <button type="button" aria-label=${`open: ${heading}`} onClick=${open}>open</button></h3>
    ${begins ? html`<${Beginning} ...${{ model, go, step }} />` : html`<${Product} ...${{ model, go, part, term }} />`}
    <details class="fold" open=${unfolded}><summary>${begins ? "why" : `why, and all that makes ${title(step.explanation)} = ${show(step.explanation.total)}`}</summary>
    <div class="step">
      <div class="says">
        <p>${part.equation.words}</p>
        ${
          begins
            ? html`<${Pulled} ...${{ model, go, step }} />`
            : html`<${Why} ...${{ model, go, step, part }} />
            <${Sum} ...${{ model, look, go, step }} />`
        }
        <details class="more"><summary>as an equation</summary><${Equation} equation=${part.equation} /></details>
      </div>
      <${Map} ...${{ model, go, step }} />
    </div></details></li>`;
}

/** Where in its map the number lies; of a weight, what met where its strongest term is from; of a
 * pool, its windows over what it read.
 * @param {Pick<StepProps, "model" | "go" | "step">} props */
function Map({ model, go, step }) {
  const { address, part, term } = step;
  const node = part && model.node(part.layer);
  const pooled = part && node?.window && node.facts.family === "pool";
  const places =
    isParameter(address) && part && term
      ? term.factors.map((factor) => model.source(part, factor)).filter((each) => each !== null)
      : [address];
  if (pooled) places.unshift({ name: model.output(node.inputs[0]), index: address.index });
  const windows = pooled
    ? windowsAt(
        model.windowed(part.layer),
        part.terms.map(({ index }) => [index.i, index.j]),
      )
    : [];
  const maps = places.filter(({ index }) => index.length === 4);
  return html`<div class="maps">${maps.map(({ name, index: [n, c, row, column] }) => {
    const role = name.endsWith(".error") ? "error" : "x";
    const own = spot(row, column);
    return html`<figure><figcaption>${name}, map ${c}</figcaption>
      <${Grid} rows=${model.tensor(name).rows([n, c])} name=${`${name}, map ${c}`} role=${role} note=${shades(model, name, c)} width=${SMALL}
        frames=${[...windows, own]}
        onPick=${(/** @type {number} */ i, /** @type {number} */ j) => go({ address: { name, index: [n, c, i, j] }, view: "best" })} /></figure>`;
  })}</div>`;
}

/** Probability minus truth, with the numbers.
 * @param {Pick<StepProps, "model" | "go" | "step">} props */
function Beginning({ model, go, step }) {
  const { address, explanation } = step;
  const { p, t } = guessed(model, address);
  const batch = model.images;
  return html`<p class="equation-line"><${Link} ...${{ address, model, go }} value=${false} /> = ${batch > 1 ? `(${show(p)} − ${t}) / ${batch}` : `${show(p)} − ${t}`} = <b>${show(explanation.total)}</b></p>`;
}

/** Which way that pulls the score. @param {Pick<StepProps, "model" | "step">} props */
function Pulled({ model, step }) {
  const { p, t } = guessed(model, step.address);
  const batch = model.images;
  const truth = t ? "the true class, so the truth is 1" : "not the true class, so the truth is 0";
  const way =
    p === t
      ? "just right: nothing pulls at it"
      : p < t
        ? "too low: it is to rise"
        : "too high: it is to fall";
  return html`<p>The network gave the class ${model.classes[step.address.index[1]]} the probability ${show(p)}; it is ${truth}. So its score is ${way}.</p>
    ${batch > 1 && html`<p>The loss is the mean over the ${batch} images of the batch, so their number divides it: here, once, and nowhere else.</p>`}`;
}

/** The probability of a score's class, and the truth. @param {Model} model @param {Address} score */
function guessed(model, { index: [n, k] }) {
  const p = model.tensor("probability").at([n, k]);
  return { p, t: model.document.labels[n] === k ? 1 : 0 };
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
  if (node?.facts.family === "flatten" && index.length === 4) {
    return html`<p>${placeInRow(model, node, index)}</p>`;
  }
  if (node && hasFilters(node) && isParameter(step.address) && step.term && index.length === 4) {
    return html`<${ErrorMeetsInput} ...${{ model, step, node: model.windowed(node.name) }} />`;
  }
  if (node?.facts.winner_takes_error) {
    const [n, c] = index;
    const x = model.tensor(model.output(node.inputs[0])).rows([n, c]);
    const positions = part.terms.map((term) => [term.index.i, term.index.j]);
    return html`<p>${winning(part, x, windowsAt(model.windowed(part.layer), positions))}</p>`;
  }
  if (node?.facts.family !== "activation") return null;
  /** @type {Address} */
  const input = { name: model.output(node.inputs[0]), index };
  const value = model.value(input);
  return html`<p>What went in was <${Link} address=${input} ...${{ model, go }} />${node.facts.breaks.length > 0 && ` which is ${side(value, node.facts.breaks)}`}.</p>`;
}

/** On which side of a function's breaks a number is. @param {number} value @param {number[]} breaks */
function side(value, breaks) {
  const passed = breaks.filter((each) => value > each).length;
  if (passed === 0) return `not above ${show(breaks[0])}`;
  const last = show(breaks[passed - 1]);
  return passed < breaks.length ? `between ${last} and ${show(breaks[passed])}` : `above ${last}`;
}

/** Which input a weight met at the position of its strongest term, and how often it met one.
 * @param {{model: Model, step: ThreadStep, node: Windowed}} props */
function ErrorMeetsInput({ model, step, node }) {
  const [, , u, v] = step.address.index;
  const { i, j } = step.term?.index ?? { i: 0, j: 0 };
  const [rows, columns] = node.window;
  const here = step.explanation.parts[0].terms.length / model.images;
  const all = rows.output * columns.output;
  return html`<p>At position (${i}, ${j}) of the output, the weight at row ${u}, column ${v} of the filter meets input row ${met(rows, i, u)}, column ${met(columns, j, v)}.${
    here < all
      ? ` It has ${counted(all, "position")} in a picture; at ${all - here} of them it lies over the padding, where X is 0.`
      : ""
  }</p>${node.inputs[0] === "input" && html`<${Levels} model=${model} />`}`;
}

/** ``2 · 2 + 1 − 1 = 4`` @param {Axis} axis @param {number} place @param {number} tap */
function met(axis, place, tap) {
  const { stride, dilation, before } = axis;
  const times = (/** @type {number} */ count, /** @type {number} */ step) =>
    step === 1 ? `${count}` : `${count} · ${step}`;
  return `${times(place, stride)} + ${times(tap, dilation)}${before ? ` − ${before}` : ""} = ${placeOf(axis, place, tap)}`;
}

/** The largest terms and what all come to; of a weight, what those of this image do.
 * @param {StepProps} props */
function Sum({ model, look, go, step }) {
  const { address, explanation } = step;
  const { parts, total } = explanation;
  const terms = parts.flatMap((part) => part.terms);
  const own = terms.filter((term) => term.index.n === look.image);
  const name = html`<${Link} ...${{ address, model, go }} value=${false} label=${title(explanation)} />`;
  if (isParameter(address) && model.images > 1 && own.length) {
    const others =
      own.length > 1
        ? html`With the other ${counted(own.length - 1, "term")} of this image that makes`
        : "It is this image's only term:";
    const here = own.reduce((sum, each) => sum + each.product, 0);
    return html`<p>${others} <b>${show(here)}</b>.
      ${" "}The other ${counted(model.images - 1, "image")} of the batch, with ${counted(terms.length - own.length, "term")}, add ${show(total - here)}: ${name} = <b>${show(total)}</b></p>`;
  }
  if (terms.length < 2) return html`<p>That makes ${name} = <b>${show(total)}</b></p>`;
  return html`<${Terms} ...${{ parts, total, model, go }} limit=${FEW} />
    <p>So ${name} = <b>${show(total)}</b></p>`;
}
