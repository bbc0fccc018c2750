/** What was changed by hand is said, wherever one looks. */

import { html } from "./vendor/preact.js";
import { counted, show } from "./numbers.js";

/** @import { Edit } from "./document.js" */
/** @import { Live } from "./live.js" */
/** @import { Model } from "./model.js" */

/** @param {{model: Model, live: Live | null}} props */
export function Changed({ model, live }) {
  return html`<${Mode} ...${{ model, live }} />${live && html`<${Edited} ...${{ model, live }} />`}`;
}

/** How batch norm and dropout work on this page. @param {{model: Model, live: Live | null}} props */
function Mode({ model, live }) {
  const { mode, training } = model.document;
  if (!mode) return null;
  return html`<aside class="mode" aria-label="mode"><p class="hint">${mode}${
    live &&
    !live.upcoming &&
    html` <button type="button" onClick=${() => live.mode(!training)}>As in ${training ? "evaluation" : "a training step"}</button>`
  }</p></aside>`;
}

/** @param {{model: Model, live: Live}} props */
function Edited({ model, live }) {
  const edits = model.document.edits ?? [];
  return html`
    ${
      live.at_step !== null &&
      html`<p class="edited" role="status">This is the network in training, as it was after step ${live.at_step}${live.upcoming ? ", with the images that its next step learns from" : ""}.
      ${" "}<button type="button" onClick=${() => live.also({ at_step: undefined, upcoming: undefined })}>Back to the network of the run</button></p>`
    }
    ${
      edits.length > 0 &&
      html`<p class="edited" role="status">${told(edits, model)} All numbers on this page were computed with that.
      ${" "}<button type="button" onClick=${() => live.undo(false)}>Take ${edits.length > 1 ? "the last" : "it"} back</button>
      ${edits.length > 1 && html` <button type="button" onClick=${() => live.undo(true)}>Take all back</button>`}</p>`
    }`;
}

/** @param {Edit[]} edits @param {Model} model */
function told(edits, model) {
  const steps = edits.filter((each) => each.descend !== undefined);
  const numbers = edits.filter((each) => each.address !== undefined);
  const last = numbers[numbers.length - 1];
  const byHand =
    last &&
    `Changed by hand: ${last.address} = ${show(Number(last.value))}${numbers.length > 1 ? ` and ${numbers.length - 1} more` : ""}.`;
  const [first] = steps;
  const taken =
    first &&
    `${counted(steps.length, "step")} of gradient descent with all weights (η = ${show(Number(first.descend))}): the loss of these images went from ${show(Number(first.loss))} to ${show(model.tensor("loss").at([]))}. Each step moves all ${model.parameterCount.toLocaleString("en")} weights and biases at once, for these images alone.`;
  return [byHand, taken].filter(Boolean).join(" ");
}
