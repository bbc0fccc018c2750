/** From the loss back to one weight: the strongest thread, step by step, and the update. */

import { html } from "../vendor/preact.js";
import { counted, percent, show } from "../numbers.js";
import { rateOf, ruleOf } from "../rule.js";
import { coefficient, Link } from "../pieces.js";
import { isParameter, LOSS, title, write } from "../model.js";

/** @import { Term } from "../algebra.js" */
/** @import { Go } from "../app.js" */
/** @import { Address, Explanation, Model, Part } from "../model.js" */
/** @import { Look } from "../state.js" */

/** @param {import("../app.js").ViewProps} props */
export function Story({ model, look, go }) {
  const steps = thread(model, look);
  const [last] = steps;
  const truth = model.document.labels[look.image];
  const p = model.tensor("probability").at([look.image, truth]);
  const backward = [...steps].reverse();
  return html`<section class="story">
    <h2>How the error came to <code>${write(look.address)}</code></h2>
    <p class="hint">Of all the paths from the loss to this weight, the one that pulls hardest at it in image ${model.document.indices[look.image]}. At every step the other terms are counted, too.</p>
    <ol class="steps">
      <li><h3>The loss</h3><p>The picture is a <b>${model.classes[truth]}</b>, and the network gave that class ${percent(p)}.
        ${model.images > 1 ? "The mean loss of the batch" : "The loss"} is <${Link} address=${{ name: "loss", index: [] }} ...${{ model, go }} />.</p></li>
      ${backward.map((step, k) => html`<${Step} ...${{ model, look, go, step, after: backward[k - 1] }} key=${write(step.address)} />`)}
      <${Change} ...${{ model, go, last }} />
    </ol>
  </section>`;
}

/** What gradient descent makes of it. @param {{model: Model, go: Go, last: ThreadStep}} props */
function Change({ model, go, last }) {
  const { value, gradient } = last.explanation;
  const rate = rateOf(model);
  const slope = gradient ?? 0;
  return html`<li class="update"><h3>The update</h3>
    <p>Gradient descent takes a step against the gradient: W ← W − η · dW. With η = ${rate}${model.document.course ? ", the rate of this run" : ""}:</p>
    <p class="equation-line">${show(value)} − ${rate} · ${signed(slope)} = <b class="w">${show(value - rate * slope)}</b></p>
    <p>${ruleOf(model)} <button type="button" onClick=${() => go({ view: "update" })}>See the whole filter</button></p></li>`;
}

/** @param {number} value */
function signed(value) {
  return value < 0 ? `(${show(value)})` : show(value);
}

/** @typedef {{address: Address, explanation: Explanation, part?: Part, term?: Term}} ThreadStep */

/** From the selected number up to a score's error, always by the largest term.
 * @param {Model} model @param {Look} look @returns {ThreadStep[]} */
export function thread(model, look) {
  /** @type {ThreadStep[]} */
  const steps = [];
  let address = look.address;
  for (;;) {
    const explanation = model.explain(address);
    let best = null;
    for (const part of explanation.parts) {
      for (const term of part.terms) {
        if (steps.length === 0 && "n" in term.index && term.index.n !== look.image) continue;
        if (!best || Math.abs(term.product) > Math.abs(best.term.product)) best = { part, term };
      }
    }
    steps.push({ address, explanation, part: best?.part, term: best?.term });
    if (!best || best.part.layer === LOSS) return steps;
    const error = best.term.factors.find((factor) =>
      /\.error$/.test(best.part.letters[factor.symbol] ?? ""),
    );
    if (!error) return steps;
    address = { name: best.part.letters[error.symbol], index: error.index };
  }
}

/** @param {{model: Model, look: Look, go: Go, step: ThreadStep, after: ThreadStep | undefined}} props */
function Step({ model, look, go, step, after }) {
  const { part, term } = step;
  if (!part || !term) return null;
  const view =
    /\.weight$/.test(step.address.name) && step.address.index.length === 4 ? "filter" : "number";
  const title =
    part.layer === LOSS
      ? "Where the error begins"
      : after
        ? `Back through ${part.layer}`
        : part.layer;
  return html`<li><h3>${title}</h3>
    <p>${part.equation.words}</p>
    ${part.layer === LOSS ? html`<${Beginning} ...${{ model, address: step.address }} />` : html`<${Product} ...${{ model, go, part, term }} />`}
    <${Sum} ...${{ model, look, go, step }} />
    <p><button type="button" onClick=${() => go({ address: step.address, view })}>Open</button></p></li>`;
}

/** Probability minus truth, with the numbers. @param {{model: Model, address: Address}} props */
function Beginning({ model, address }) {
  const [n, k] = address.index;
  const p = model.tensor("probability").at([n, k]);
  const t = model.document.labels[n] === k ? 1 : 0;
  const share = model.images > 1 ? `, divided by the ${model.images} images of the batch` : "";
  const way = p - t < 0 ? "too low, and is to rise" : "too high, and is to fall";
  return html`<p class="equation-line">${show(p)} − ${t} = <b>${show(p - t)}</b></p>
    <p>The network gave class ${model.classes[k]} the probability ${show(p)}, and the truth is ${t}${share}. So its score is ${way}.</p>`;
}

/** The strongest term. @param {{model: Model, go: Go, part: Part, term: Term}} props */
function Product({ model, go, part, term }) {
  return html`<p class="equation-line">${term.factors.map((factor, k) => {
    const address = model.source(part, factor);
    const joint = k > 0 ? " · " : "";
    return address
      ? html`${joint}<${Link} ...${{ address, model, go }} />`
      : html`${joint}<span class="coefficient">${coefficient(factor)}</span>`;
  })} = <b>${show(term.product)}</b></p>`;
}

/** What all terms come to; of a weight, what those of this image do, and of the others.
 * @param {{model: Model, look: Look, go: Go, step: ThreadStep}} props */
function Sum({ model, look, go, step }) {
  const { address, explanation } = step;
  const terms = explanation.parts.flatMap((part) => part.terms);
  const own = terms.filter((term) => term.index.n === look.image);
  const total = (/** @type {Term[]} */ some) => some.reduce((sum, each) => sum + each.product, 0);
  const name = html`<${Link} ...${{ address, model, go }} value=${false} label=${title(explanation)} />`;
  if (!isParameter(address) || model.images === 1 || !own.length) {
    const start =
      terms.length > 1
        ? `With ${counted(terms.length - 1, "other term")} that makes `
        : "That makes ";
    return html`<p>${start}${name} = <b>${show(explanation.total)}</b></p>`;
  }
  const others = terms.length - own.length;
  return html`<p>With the other ${counted(own.length - 1, "term")} of this image that makes <b>${show(total(own))}</b>.
    ${" "}The other ${counted(model.images - 1, "image")} of the batch, with ${counted(others, "term")}, add ${show(explanation.total - total(own))}: ${name} = <b>${show(explanation.total)}</b></p>`;
}
