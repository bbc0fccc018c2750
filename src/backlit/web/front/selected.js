/** What is selected, what its indices mean, and what the colors mean. */

import { html, useState } from "./vendor/preact.js";
import { isParameter, ofImages, places, write } from "./model.js";
import { show } from "./numbers.js";
import { Form, roleOf } from "./pieces.js";

/** @import { Look } from "./state.js" */
/** @import { Model } from "./model.js" */

/** What is selected, and a field to go elsewhere.
 * @param {{model: Model, look: Look, go: (change: Partial<Look>) => void,
 *   weight: import("./model.js").Address}} props */
export function Selected({ model, look, go, weight }) {
  const written = write(look.address);
  const [refused, setRefused] = useState({ at: "", why: "" });
  const wrong = refused.at === written ? refused.why : ""; // of another number nobody wants to know
  const visit = (/** @type {any} */ fields) => {
    const text = fields.address.value;
    const address = model.parse(text);
    setRefused({ at: written, why: address ? "" : model.complain(text) });
    if (address) go({ address });
  };
  const slope = model.has(`${look.address.name}.gradient`)
    ? model.tensor(`${look.address.name}.gradient`).at(look.address.index)
    : null;
  return html`<${Form} kind="selected" onEnter=${visit}>
    <label>number <input name="address" defaultValue=${written} key=${written} size=${written.length + 4} spellcheck="false" autocomplete="off" aria-invalid=${wrong !== ""} /></label>
    <span class=${`is ${slope === null ? "answer" : ""}`}>= <b data-test="value">${show(model.value(look.address), 6)}</b></span>
    ${slope !== null && html`<span class="is gradient answer">its gradient dL/d${roleOf(look.address.name) === "b" ? "b" : "W"} = <b data-test="gradient">${show(slope, 6)}</b></span>`}
    <span class="places">${places(look.address)}${numbered(model, look)}</span>
    ${
      !isParameter(look.address) &&
      isParameter(weight) &&
      html`<button type="button" onClick=${() => go({ address: weight })}>← ${write(weight)}</button>`
    }
    ${wrong && html`<span role="alert">${wrong}</span>`}
  <//>`;
}

/** Which image of the data set it is, where that has another number than in the batch.
 * @param {Model} model @param {Look} look */
function numbered(model, { address, image }) {
  const number = model.document.indices[image];
  if (!ofImages(address.name) || number === image) return "";
  return ` (its image is number ${number} of the data set)`;
}

/** What the colors mean. */
export function Legend() {
  return html`<ul class="legend">
    <li><span class="swatch x" /> input X</li><li><span class="swatch w" /> weights W</li><li><span class="swatch b" /> bias b</li>
    <li><span class="swatch y" /> output Y</li><li><span class="swatch error" /> error dL/dY, dL/dX</li><li><span class="swatch gradient" /> gradient dL/dW, products</li>
    <li class="scale"><span>−</span><span class="ramp" /><span>+</span> in the maps: below zero, zero, above</li>
  </ul>`;
}
