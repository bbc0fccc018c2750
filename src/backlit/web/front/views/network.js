/** The network, layer by layer: what each computed, and the error that came back to it. */

import { html } from "../vendor/preact.js";
import { Atlas } from "../atlas.js";

/** @import { ViewProps } from "../app.js" */
/** @typedef {{name: string, kind: string, shape: number[], parameters: Record<string, number[]>}} Shown */

/** @param {ViewProps} props */
export function Network({ model, look, go }) {
  /** @type {Shown[]} */
  const layers = [
    { name: "input", kind: "picture", shape: model.document.input.shape, parameters: {} },
    ...model.nodes,
  ];
  return html`<section class="network" aria-label="The network">
    <h2 class="hidden">The network</h2>
    <div class="directions" aria-hidden="true">
      <span class="forward">forward →</span><span class="backward">← backward: the errors</span>
    </div>
    <ol class="layers">
      ${layers.map((layer) => html`<${Layer} ...${{ layer, model, look, go }} key=${layer.name} />`)}
      <${Outcome} ...${{ model, look, go }} />
    </ol>
  </section>`;
}

/** @param {ViewProps & {layer: Shown}} props */
function Layer({ layer, model, look, go }) {
  const output = model.output(layer.name);
  const chosen = (/** @type {string} */ name) =>
    look.address.name === name ? look.address.index.slice(1) : null;
  const width = 108;
  const atlas = (/** @type {string} */ name, /** @type {string} */ role) => html`<${Atlas}
    tensor=${model.tensor(name)} image=${look.image} name=${name} role=${role} picture=${name === "input"}
    chosen=${chosen(name)} width=${width}
    onPick=${(/** @type {number[]} */ index) => go({ address: { name, index: [look.image, ...index] }, view: "number" })} />`;
  const owned = look.address.name.split(".")[0] === layer.name;
  return html`<li class=${`layer ${owned ? "owned" : ""}`}>
    <h3>${layer.name}</h3>
    <p class="shape">${layer.kind}<br />${layer.shape.join("×")}</p>
    ${atlas(output, layer.name === "input" ? "x" : "y")}
    ${atlas(`${layer.name}.error`, "error")}
    <p class="parameters">${Object.entries(layer.parameters).map(
      ([quantity, shape]) => html`<button type="button"
        class=${`number ${quantity === "bias" ? "b" : "w"}`}
        title=${`${layer.name}.${quantity}: its strongest gradient`}
        onClick=${() => {
          const { index } = model.strongest(`${layer.name}.${quantity}.gradient`, null);
          go({ address: { name: `${layer.name}.${quantity}`, index }, view: "filter" });
        }}>${quantity} <small>${shape.join("×")}</small></button>`,
    )}</p>
  </li>`;
}

/** The classes: probability, truth and error. @param {ViewProps} props */
function Outcome({ model, look, go }) {
  const probabilities = model.tensor("probability");
  const truth = model.document.labels[look.image];
  const rows = model.classes.map((name, k) => ({
    name,
    k,
    p: probabilities.at([look.image, k]),
    error: model.tensor(`${model.document.output}.error`).at([look.image, k]),
  }));
  const guess = rows.reduce((best, row) => (row.p > best.p ? row : best), rows[0]).k;
  const name = `${model.document.output}.error`;
  return html`<li class="layer outcome">
    <h3>loss</h3>
    <p class="shape">${guess === truth ? "recognised" : "mistaken"}:<br />taken for ${model.classes[guess]}</p>
    <table>
      <thead><tr><th>class</th><th class="right">p</th><th class="right">error</th></tr></thead>
      <tbody>${rows.map(
        (row) => html`<tr class=${row.k === truth ? "truth" : ""}>
        <th scope="row">${row.name}${row.k === truth && html`<span class="tick" title="the true class"> ✓</span>`}</th>
        <td class="right"><span class="share" style=${{ "--share": row.p }}>${(100 * row.p).toFixed(1)} %</span></td>
        <td class="right"><button type="button" class="number error"
          onClick=${() => go({ address: { name, index: [look.image, row.k] }, view: "number" })}>${row.error.toFixed(3).replace("-", "−")}</button></td>
      </tr>`,
      )}</tbody>
    </table>
    <p><button type="button" class="number y" onClick=${() => go({ address: { name: "loss", index: [] }, view: "number" })}>
      loss <b>${model.tensor("loss").at([]).toFixed(4)}</b></button></p>
  </li>`;
}
