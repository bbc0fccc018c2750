/** What was done to pictures before the network saw them. */

import { html } from "./vendor/preact.js";
import { short, show } from "./numbers.js";

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

/** What a number of the picture looks like, where normalization hides it: "black", "white" or nothing.
 * @param {import("./model.js").Model} model @param {{name: string, index: number[]}} address */
export function shade(model, { name, index }) {
  const { normalization, input } = model.document;
  if (name !== "input" || !normalization || index.length !== 4) return "";
  const value = model.value({ name, index });
  const ends = levels(normalization, input.shape[0]).map((of) => of[index[1]]);
  const near = ends.findIndex((end) => Math.abs(value - end) < 1e-5 * (1 + Math.abs(end)));
  return ["black", "white"][near] ?? "";
}

/** The same of a whole map of the picture, for the line below it; nothing for other arrays.
 * @param {import("./model.js").Model} model @param {string} name @param {number} channel */
export function shades(model, name, channel) {
  const { normalization, input } = model.document;
  if (name !== "input" || !normalization) return "";
  const [black, white] = levels(normalization, input.shape[0]).map((of) => short(of[channel]));
  return `normalized: ${black} is black, ${white} white`;
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
