/** What was done to pictures before the network saw them. */

import { html } from "./vendor/preact.js";
import { show } from "./numbers.js";

/** @typedef {{mean: number[], std: number[]} | null | undefined} Normalization */

/** The numbers of a black and of a white pixel, channel by channel, as the network sees them.
 * @param {Normalization} normalization @param {number} channels
 * @param {number} [full] what white is where nothing is normalized */
export function levels(normalization, channels, full = 1) {
  const level = (/** @type {number} */ white, /** @type {number} */ c) =>
    normalization ? (white - normalization.mean[c]) / normalization.std[c] : white * full;
  const each = Array.from({ length: channels }, (_, c) => c);
  return [each.map((c) => level(0, c)), each.map((c) => level(1, c))];
}

/** Why black is not 0. @param {{model: import("./model.js").Model}} props */
export function Levels({ model }) {
  const { normalization, input } = model.document;
  if (!normalization) return null;
  const [black, white] = levels(normalization, input.shape[0]).map((of) =>
    of.map((level) => show(level, 3)).join(", "),
  );
  return html`<p class="hint">The network sees pictures normalized: from each pixel the mean of the training pictures was taken, and the rest divided by their spread. So black is ${black}, and white ${white}.</p>`;
}
