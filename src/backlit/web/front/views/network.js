/** The network, layer by layer: what each computed, and the error that came back to it. */

import { html, useEffect, useRef } from "../vendor/preact.js";
import { Atlas } from "../atlas.js";
import { levels } from "../levels.js";
import { ownerOf } from "../model.js";
import { percent } from "../numbers.js";
import { isSecret } from "../secret.js";
import { Arcs, branches } from "./branches.js";

/** @import { ViewProps } from "../app.js" */
/** @import { Address, Model } from "../model.js" */
/** @typedef {{name: string, kind: string, shape: number[], parameters: Record<string, number[]>}} Shown */

/** @param {Pick<ViewProps, "model" | "look" | "go" | "still"> & {path: Address[]}} props */
export function Network({ model, look, go, still, path }) {
  const list = useRef(null);
  const owner = ownerOf(look.address.name);
  useEffect(() => {
    show(/** @type {any} */ (list.current), model.node(owner) ? owner : ENDS[owner], still);
  }, [owner]);
  const found = branches(model);
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
    <div class="strip" ref=${list}>
    ${found.length > 0 && html`<${Arcs} ...${{ found, model }} />`}
    <ol class="layers">
      ${layers.map((layer) => html`<${Layer} ...${{ layer, model, look, go, path, from: found.some(({ to }) => to === layer.name) ? model.node(layer.name)?.inputs : undefined }} key=${layer.name} />`)}
      <${Outcome} ...${{ model, look, go }} />
    </ol></div>
  </section>`;
}

/** @type {Record<string, string>} */
const ENDS = { input: "input", loss: "loss", probability: "loss" };

/** Scroll a layer into the part of the list that is seen.
 * @param {HTMLElement} list @param {string} name @param {boolean} still */
function show(list, name, still) {
  const items = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[data-layer]")]);
  const item = items.find((each) => each.dataset.layer === name);
  if (!item) return;
  const [left, right] = [item.offsetLeft, item.offsetLeft + item.offsetWidth];
  if (left >= list.scrollLeft && right <= list.scrollLeft + list.clientWidth) return;
  const middle = (left + right - list.clientWidth) / 2;
  const far = Math.abs(middle - list.scrollLeft) > 1.5 * list.clientWidth;
  list.scrollTo({ left: middle, behavior: still || far ? "auto" : "smooth" });
}

/** @param {Pick<ViewProps, "model" | "look" | "go"> &
 *   {layer: Shown, path: Address[], from?: string[]}} props */
function Layer({ layer, model, look, go, path, from }) {
  const output = model.output(layer.name);
  const chosen = (/** @type {string} */ name) =>
    look.address.name === name ? look.address.index.slice(1) : null;
  const width = 108;
  const atlas = (/** @type {string} */ name, /** @type {string} */ role) => html`<${Atlas}
    tensor=${model.tensor(name)} image=${look.image} name=${name} role=${role} picture=${name === "input" ? grays(model) : null}
    chosen=${chosen(name)} width=${width} path=${path.filter((each) => each.name === name).map((each) => each.index.slice(1))}
    onPick=${(/** @type {number[]} */ index) => go({ address: { name, index: [look.image, ...index] }, view: "best" })} />`;
  const owned = ownerOf(look.address.name) === layer.name;
  return html`<li class=${`layer ${owned ? "owned" : ""}`} data-layer=${layer.name}>
    <h3>${layer.name}</h3>
    <p class="shape">${layer.kind}<br />${layer.shape.join("×")}</p>
    ${atlas(output, layer.name === "input" ? "x" : "y")}
    ${atlas(`${layer.name}.error`, "error")}
    ${from && html`<p class="shape">reads ${from.join(", ")}</p>`}
    <p class="parameters">${Object.entries(layer.parameters).map(
      ([quantity, shape]) => html`<button type="button"
        class=${`number ${quantity === "bias" ? "b" : "w"}`}
        title=${`${layer.name}.${quantity}: its strongest gradient`}
        onClick=${() => go({ address: model.steepest(`${layer.name}.${quantity}`), view: "best" })}>${quantity} <small>${shape.join("×")}</small></button>`,
    )}</p>
  </li>`;
}

/** What is black and what is white in a picture; without normalization, its darkest and lightest.
 * @param {Model} model */
function grays(model) {
  const { normalization, input } = model.document;
  const [channels] = input.shape;
  if (normalization) return levels(normalization, channels);
  const { numbers } = model.tensor("input");
  let [low, high] = [Infinity, -Infinity];
  for (let k = 0; k < numbers.length; k += 1) {
    low = Math.min(low, numbers[k]);
    high = Math.max(high, numbers[k]);
  }
  return [low, high].map((level) => Array.from({ length: channels }, () => level));
}

/** @param {number} value */
function thousandths(value) {
  if (value !== 0 && Math.abs(value) < 0.0005) return "≈ 0";
  return value.toFixed(3).replace("-", "−");
}

/** The classes: probability, truth and error. @param {Pick<ViewProps, "model" | "look" | "go">} props */
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
  return html`<li class="layer outcome" data-layer="loss">
    <h3>loss</h3>
    <p class="shape">${guess === truth ? html`right:<br />it is taken for ${model.classes[guess]}` : html`wrong:<br />it is taken for ${model.classes[guess]}`}</p>
    <table>
      <thead><tr><th>class</th><th class="right">p</th><th class="right">error</th></tr></thead>
      <tbody>${rows.map(
        (row) => html`<tr class=${row.k === truth ? "truth" : ""}>
        <th scope="row">${row.name}${row.k === truth && html`<span class="tick" title="the true class"> ✓</span>`}</th>
        <td class="right">${isSecret({ name: "probability", index: [look.image, row.k] }) ? "?" : html`<span class="share" style=${{ "--share": row.p }}>${percent(row.p)}</span>`}</td>
        <td class="right"><button type="button" class="number error"
          onClick=${() => go({ address: { name, index: [look.image, row.k] }, view: "best" })}>${isSecret({ name, index: [look.image, row.k] }) ? "?" : thousandths(row.error)}</button></td>
      </tr>`,
      )}</tbody>
    </table>
    <p><button type="button" class="number y" onClick=${() => go({ address: { name: "loss", index: [] }, view: "best" })}>
      loss <b>${isSecret({ name: "loss", index: [] }) ? "?" : model.tensor("loss").at([]).toFixed(4)}</b></button></p>
  </li>`;
}
