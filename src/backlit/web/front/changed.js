/** What was changed by hand is said, wherever one looks. */

import { html } from "./vendor/preact.js";
import { counted, listing, show } from "./numbers.js";

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
  const held = edits.filter((each) => each.layer !== undefined);
  const frozen = frozenLayers(model);
  const last = numbers[numbers.length - 1];
  const loss = show(model.tensor("loss").at([]));
  const byHand =
    last &&
    `Changed by hand: ${last.address} = ${show(Number(last.value))}${numbers.length > 1 ? ` and ${numbers.length - 1} more` : ""}.`;
  const maps = held.map(({ layer, channel, value }) =>
    value === 0
      ? `Silenced: map ${channel} of ${layer} is 0 everywhere.`
      : `Held: map ${channel} of ${layer} is ${show(value)} everywhere.`,
  );
  const before = held[0]?.loss;
  const since =
    before !== undefined && `The loss was ${show(Number(before))} before that, and is now ${loss}.`;
  const [first] = steps;
  const all = `${model.parameterCount.toLocaleString("en")} weights and biases at once`;
  const taken =
    first &&
    `${counted(steps.length, "step")} of gradient descent with all weights (η = ${show(Number(first.descend))}): the loss of these images went from ${show(Number(first.loss))} to ${loss}. Each step moves all ${all}, for these images alone.`;
  const still =
    frozen.length > 0 &&
    `Frozen: ${listing(frozen)}; from there on steps leave ${frozen.length > 1 ? "their" : "its"} weights and biases as they are.`;
  return [byHand, ...maps, since, taken, still].filter(Boolean).join(" ");
}

/** The layers that steps of gradient descent leave as they are. @param {Model} model */
export function frozenLayers(model) {
  const { edits = [] } = model.document;
  return [...new Set(edits.flatMap(({ freeze }) => freeze ?? []))];
}
