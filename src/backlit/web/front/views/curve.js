/** An activation: its curve with the point on it, and the slope that the error is multiplied with. */

import { html } from "../vendor/preact.js";
import { evaluate } from "../algebra.js";
import { quantityOf } from "../model.js";
import { show } from "../numbers.js";

const [WIDTH, HEIGHT, EDGE] = [340, 220, 26];

/** @import { Layer } from "../document.js" */
/** @import { Model } from "../model.js" */
/** @import { Look } from "../state.js" */

/** @param {{model: Model, look: Look, node: Layer}} props */
export function Curve({ model, look, node }) {
  const input = model.output(node.inputs[0]);
  const x = model.tensor(input).at(look.address.index);
  const y = model.tensor(`${node.name}.output`).at(look.address.index);
  if (!Number.isFinite(x)) return null; // there is no such place on a curve
  const forward = model.document.equations[node.forward];
  const f = (/** @type {number} */ at) =>
    evaluate(forward, look.address.index, node.sizes, reading(model, node, at)).total;
  const reach = Math.max(3, Math.abs(x) * 1.3);
  const points = Array.from({ length: 121 }, (_, k) => reach * (k / 60 - 1)).map((at) => [
    at,
    f(at),
  ]);
  const low = Math.min(...points.map(([, value]) => value), -0.3);
  const high = Math.max(...points.map(([, value]) => value), 0.3);
  const across = (/** @type {number} */ at) =>
    EDGE + ((at + reach) / (2 * reach)) * (WIDTH - 2 * EDGE);
  const up = (/** @type {number} */ value) =>
    HEIGHT - EDGE - ((value - low) / (high - low)) * (HEIGHT - 2 * EDGE);
  const slope = slopeAt(model, node, look, x);
  const run = reach / 4;
  const line = points
    .map(([at, value]) => `${across(at).toFixed(1)},${up(value).toFixed(1)}`)
    .join(" ");
  return html`<figure class="curve"><figcaption>${node.kind}: at X = ${show(x)} it gives ${show(y)}, with the slope ${show(slope)}</figcaption>
    <svg width=${WIDTH} height=${HEIGHT} viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${`${node.kind}: X ${show(x)}, Y ${show(y)}, slope ${show(slope)}`}>
      <line class="axis" x1=${EDGE} x2=${WIDTH - EDGE} y1=${up(0)} y2=${up(0)} />
      <line class="axis" x1=${across(0)} x2=${across(0)} y1=${EDGE} y2=${HEIGHT - EDGE} />
      <polyline class="line" points=${line} />
      <line class="tangent" x1=${across(x - run)} x2=${across(x + run)} y1=${up(y - run * slope)} y2=${up(y + run * slope)} />
      <circle class="dot" cx=${across(x)} cy=${up(y)} r="5" />
      <text class="tick" x=${WIDTH - EDGE} y=${up(0) - 6} text-anchor="end">X</text>
      <text class="tick" x=${across(0) + 6} y=${EDGE} >Y</text>
    </svg></figure>`;
}

/** dY → dX with dY = 1.
 * @param {Model} model @param {Layer} node @param {Look} look @param {number} x */
function slopeAt(model, node, look, x) {
  const equation = model.document.equations[node.gradients.input];
  return evaluate(equation, look.address.index, node.sizes, reading(model, node, x)).total;
}

/** What the letters are where ``x`` goes in, and 1 comes back.
 * @param {Model} model @param {Layer} node @param {number} x
 * @returns {import("../algebra.js").Read} */
function reading(model, node, x) {
  return (symbol, index) => {
    if (symbol === "X" || symbol === "dY") return symbol === "X" ? x : 1;
    const own = quantityOf(node.letters[symbol] ?? "");
    return own in node.parameters ? model.tensor(node.letters[symbol]).at(index) : undefined;
  };
}
