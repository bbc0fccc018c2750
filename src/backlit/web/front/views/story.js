/** From the loss back to one weight: the strongest thread, step by step, and the update. */

import { html } from "../vendor/preact.js";
import { counted, percent, show } from "../numbers.js";
import { Link } from "../pieces.js";
import { write } from "../model.js";

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
        The mean loss of the batch is <${Link} address=${{ name: "loss", index: [] }} ...${{ model, go }} />.</p></li>
      ${backward.map((step, k) => html`<${Step} ...${{ model, go, step, after: backward[k - 1] }} key=${write(step.address)} />`)}
      <li class="update"><h3>The update</h3><p>Gradient descent takes a step against the gradient: W ← W − η · dW. With η = 0.05:
        ${" "}${show(last.explanation.value)} − 0.05 · ${signed(last.explanation.gradient ?? 0)} = <b class="w">${show(last.explanation.value - 0.05 * (last.explanation.gradient ?? 0))}</b>.
        ${" "}<button type="button" onClick=${() => go({ view: "update" })}>See the whole filter</button></p></li>
    </ol>
  </section>`;
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
    if (!best || best.part.layer === "loss") return steps;
    const error = best.term.factors.find((factor) =>
      /\.error$/.test(best.part.letters[factor.symbol] ?? ""),
    );
    if (!error) return steps;
    address = { name: best.part.letters[error.symbol], index: error.index };
  }
}

/** @param {{model: Model, go: Go, step: ThreadStep, after: ThreadStep | undefined}} props */
function Step({ model, go, step, after }) {
  const { part, term, explanation } = step;
  if (!part || !term) return null;
  const rest = explanation.parts.reduce((sum, each) => sum + each.terms.length, 0) - 1;
  const view =
    /\.weight$/.test(step.address.name) && step.address.index.length === 4 ? "filter" : "number";
  const title =
    part.layer === "loss"
      ? "Where the error begins"
      : after
        ? `Back through ${part.layer}`
        : part.layer;
  return html`<li><h3>${title}</h3>
    <p>${part.equation.words}</p>
    <p class="equation-line">${term.factors.map((factor, k) => {
      const address = model.source(part, factor);
      const joint = k > 0 ? " · " : "";
      return address
        ? html`${joint}<${Link} ...${{ address, model, go }} />`
        : html`${joint}<span class="coefficient">${factor.symbol}</span>`;
    })} = <b>${show(term.product)}</b></p>
    <p>${rest > 0 ? `With ${counted(rest, "other term")} that makes ` : "That makes "}
      <${Link} address=${step.address} ...${{ model, go }} value=${false} /> = <b>${show(explanation.total)}</b>
      ${" "}<button type="button" onClick=${() => go({ address: step.address, view })}>Open</button></p></li>`;
}
