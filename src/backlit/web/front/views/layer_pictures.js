/** Where numbers change their place or meet others: flatten, add, concat, batch norm. */

import { html } from "../vendor/preact.js";
import { Grid, share, spot } from "../grid.js";
import { show, signed } from "../numbers.js";
import { Link } from "../pieces.js";

/** @import { PictureProps } from "./number.js" */
/** @import { Address } from "../model.js" */

const [WIDTH, HEIGHT, EDGE, BINS] = [420, 190, 30, 24];

/** A row of numbers, and the maps that it is cut into. @param {PictureProps} props */
export function FlattenPicture({ model, look, go, node, backward, width }) {
  if (!node) return null;
  const below = node.inputs[0];
  const shape = model.tensor(model.output(below)).shape;
  if (shape.length !== 4) return null;
  const [n, ...place] = look.address.index;
  const [, , height, across] = shape;
  const [c, h, w] = backward
    ? place
    : [
        Math.floor(place[0] / (height * across)),
        Math.floor(place[0] / across) % height,
        place[0] % across,
      ];
  const k = (c * height + h) * across + w;
  const name = backward ? `${below}.error` : model.output(below);
  /** @type {Address} */
  const inRow = { name: `${node.name}.${backward ? "error" : "output"}`, index: [n, k] };
  /** @type {Address} */
  const inMap = { name: name === "input.error" && !backward ? "input" : name, index: [n, c, h, w] };
  const frames = [spot(h, w)];
  return html`<figure><figcaption>map ${c} of ${below}: its ${height * across} numbers are the places ${c * height * across} to ${(c + 1) * height * across - 1} of the row</figcaption>
    <${Grid} rows=${model.tensor(name).rows([n, c])} name=${`map ${c} of ${below}`} role=${backward ? "error" : "x"}
      width=${Math.min(300, width)} frames=${frames}
      onPick=${(/** @type {number} */ row, /** @type {number} */ column) => go({ address: { name, index: [n, c, row, column] } })}
      tell=${(/** @type {number} */ row, /** @type {number} */ column) => `place ${(c * height + row) * across + column}`} /></figure>
    <p>${placeInRow(model, node, [n, c, h, w])}
      ${" "}<${Link} address=${inMap} ...${{ model, go }} /> ${backward ? "←" : "→"} <${Link} address=${inRow} ...${{ model, go }} />. Nothing is computed, so the error goes back to the same place.</p>`;
}

/** Which place in the row a number of a map has.
 * @param {import("../model.js").Model} model @param {import("../document.js").Layer} node
 * @param {number[]} index of the number in the maps */
export function placeInRow(model, node, [, c, h, w]) {
  const [, , height, across] = model.tensor(model.output(node.inputs[0])).shape;
  const k = (c * height + h) * across + w;
  return html`The maps are written one behind the other, row by row: map ${c}, row ${h}, column ${w} is place ${c} · ${height * across} + ${h} · ${across} + ${w} = <b>${k}</b> of the row.`;
}

/** The same place of all that is added or laid side by side. @param {PictureProps} props */
export function MergePicture({ model, look, go, part, node, backward, width }) {
  if (!node) return null;
  const maps = look.address.index.length === 4;
  const factor = part.terms[0]?.factors.find((each) => each.symbol !== "−1");
  const ends = backward
    ? [{ name: `${node.name}.error`, index: factor?.index ?? look.address.index }]
    : part.terms.flatMap((term) => {
        const found = term.factors.map((each) => model.source(part, each)).find(Boolean);
        return found ? [found] : [];
      });
  const says =
    node.facts.family === "add"
      ? backward
        ? "The sum changes as much as each of its parts, so the whole error goes back to each of them, unchanged."
        : "The numbers at the same place are added."
      : backward
        ? "Each map keeps its own error: the channels are cut apart again."
        : "The channels are laid behind each other; this one comes from there.";
  const each = share(width, ends.length, 280);
  return html`<p>${says}</p>
    ${
      maps &&
      html`<div class="equals">${ends.map(
        (end, k) => html`${k > 0 && html`<span class="sign" aria-hidden="true">+</span>`}
        <figure><figcaption><${Link} address=${end} ...${{ model, go }} /></figcaption>
          <${Grid} rows=${model.tensor(end.name).rows(end.index.slice(0, 2))} name=${`${end.name}, map ${end.index[1]}`} role=${backward ? "error" : "x"} width=${each}
            frames=${[spot(end.index[2], end.index[3])]}
            onPick=${(/** @type {number} */ row, /** @type {number} */ column) => go({ address: { name: end.name, index: [...end.index.slice(0, 2), row, column] } })} /></figure>`,
      )}</div>`
    }`;
}

/** How the numbers of a channel are spread, and where this one lies among them.
 * @param {PictureProps} props */
export function NormPicture({ model, look, go, node, backward }) {
  if (!node) return null;
  const { address } = look;
  const c = /\.(weight|bias)$/.test(address.name) ? address.index[0] : address.index[1];
  const input = model.tensor(model.output(node.inputs[0]));
  const [images, , height, across] = input.shape;
  const numbers = [];
  for (let n = 0; n < images; n += 1) {
    for (const row of input.rows([n, c])) numbers.push(...row);
  }
  const [mean, variance] = ["mean", "variance"].map((name) =>
    model.tensor(`${node.name}.${name}`).at([c]),
  );
  const [scale, shift] = ["weight", "bias"].map((name) =>
    model.tensor(`${node.name}.${name}`).at([c]),
  );
  if (!numbers.every(Number.isFinite)) {
    return html`<p class="hint">Not all numbers of this channel are finite, so there is no picture of their mean.</p>`;
  }
  const spread = Math.sqrt(variance);
  let [low, high] = [mean - 2 * spread, mean + 2 * spread];
  for (const each of numbers) {
    low = Math.min(low, each);
    high = Math.max(high, each);
  }
  const counts = Array.from({ length: BINS }, () => 0);
  for (const each of numbers) {
    counts[Math.min(BINS - 1, Math.floor((BINS * (each - low)) / (high - low || 1)))] += 1;
  }
  const most = Math.max(...counts);
  const at = (/** @type {number} */ x) =>
    EDGE + ((x - low) / (high - low || 1)) * (WIDTH - 2 * EDGE);
  const own = address.index.length === 4 ? input.at(address.index) : null;
  const line = (
    /** @type {number} */ x,
    /** @type {string} */ kind,
    /** @type {string} */ name,
  ) => html`
    <line class=${kind} x1=${at(x)} x2=${at(x)} y1="16" y2=${HEIGHT - EDGE} />
    <text class="tick" x=${at(x)} y="12" text-anchor="middle">${name}</text>`;
  const normal = own === null ? null : (own - mean) / Math.sqrt(variance + (node.eps ?? 0));
  const whose = model.document.training ? "their" : "beside the running";
  return html`<figure class="spread"><figcaption>The ${numbers.length} numbers of channel ${c} in the batch (${images} × ${height} × ${across}), ${whose} mean μ = ${show(mean)}, and one σ = ${show(spread)} to both sides</figcaption>
    <svg width=${WIDTH} height=${HEIGHT} viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${`mean ${show(mean)}, standard deviation ${show(spread)}${own === null ? "" : `, this number ${show(own)}`}`}>
      ${counts.map((count, k) => {
        const size = (count / (most || 1)) * (HEIGHT - EDGE - 24);
        const step = (WIDTH - 2 * EDGE) / BINS;
        return html`<rect class="count" x=${EDGE + k * step + 0.5} y=${HEIGHT - EDGE - size} width=${step - 1} height=${size} />`;
      })}
      <line class="axis" x1=${EDGE} x2=${WIDTH - EDGE} y1=${HEIGHT - EDGE} y2=${HEIGHT - EDGE} />
      ${line(mean - spread, "sigma", "μ − σ")} ${line(mean, "mean", "μ")} ${line(mean + spread, "sigma", "μ + σ")}
      ${own !== null && html`<circle class="dot" cx=${at(own)} cy=${HEIGHT - EDGE} r="5.5" />`}
      <text class="tick" x=${EDGE} y=${HEIGHT - 8}>${show(low, 3)}</text>
      <text class="tick" x=${WIDTH - EDGE} y=${HEIGHT - 8} text-anchor="end">${show(high, 3)}</text>
    </svg></figure>
    ${
      normal !== null &&
      html`<p class="equation-line">x̂ = (${show(own ?? 0)} − ${signed(mean)}) / √(${show(variance)} + ${node.eps}) = <b>${show(normal)}</b>; Y = γ · x̂ + β = ${show(scale)} · ${signed(normal)} + ${signed(shift)} = <b>${show(scale * normal + shift)}</b></p>`
    }
    ${backward && model.document.training && html`<p>One number moves the mean and the variance of all, so the error comes back on three ways: directly, through the mean, and through the variance. In the list below they are terms of their own. <${Link} address=${{ name: `${node.name}.weight`, index: [c] }} ...${{ model, go }} /></p>`}`;
}
