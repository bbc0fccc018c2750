/** Backward to the filter: the error map lies over the input, shifted by the weight's place in it.
 *
 *     dW[o,c,u,v] = Σ_{n,i,j} dY[n,o,i,j] · X[n,c,i·s + u·d − p, j·s + v·d − p]
 */

import { html, useEffect, useState } from "../vendor/preact.js";
import { Bars } from "../bars.js";
import { most } from "../colors.js";
import { Grid, share, spot } from "../grid.js";
import { title } from "../model.js";
import { counted, everyOther, inUnits, listing, power, show } from "../numbers.js";
import { Agreement, Equation, Link, Registers, Stepper, WithNumbers } from "../pieces.js";
import { Levels, shades } from "../levels.js";
import { Python } from "../python.js";
import { Transport } from "../transport.js";
import { overlay } from "./overlay.js";

/** @import { ViewProps } from "../app.js" */
/** @import { Cell } from "../grid.js" */
/** @import { Address, Part } from "../model.js" */

/** @param {ViewProps} props */
export function Filter({ model, look, go, width, still }) {
  const [pinned, setPinned] = useState(/** @type {Cell | null} */ (null));
  const [pointed, setPointed] = useState(/** @type {Cell | null} */ (null));
  const [until, setUntil] = useState(/** @type {number | null} */ (null)); // null: all are added
  const { address } = look;
  useEffect(() => setUntil(null), [address.name, String(address.index), look.image, model]);
  const node = model.windowed(address.name);
  const explanation = model.explain(address);
  const [part] = explanation.parts;
  const [o, c, u, v] = address.index;
  const [, columns] = node.window;
  const channel = channelOf(node, o, c);
  const input = model.output(node.inputs[0]);
  const error = model.tensor(`${node.name}.error`).rows([look.image, o]);
  const picture = model.tensor(input).rows([look.image, channel]);
  const over = overlay(node, u, v, picture);
  const products = error.map((line, i) =>
    line.map((value, j) => {
      const [a, e] = over.meets(i, j);
      return value * (picture[a]?.[e] ?? 0);
    }),
  );
  const count = products.flat().length;
  const zeros = error.flat().filter((each) => each === 0).length;
  const stops = listing(stoppers(model, node.name, [look.image, o]));
  const [strong] = [...part.terms]
    .filter((term) => term.index.n === look.image)
    .sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
  const at = there(
    error,
    until === null ? (pointed ?? pinned) : cell(until - 1, columns.output),
  ) ?? { row: strong?.index.i ?? 0, column: strong?.index.j ?? 0 };
  const [a, e] = over.meets(at.row, at.column);
  const inside = picture[a]?.[e] !== undefined;
  const isAdded = (/** @type {number} */ i, /** @type {number} */ j) =>
    until === null || i * columns.output + j < until;
  const added = products.flat().slice(0, until ?? count);
  const sum = added.reduce((total, each) => total + each, 0);
  const errorAt = (/** @type {number} */ i, /** @type {number} */ j) => ({
    name: `${node.name}.error`,
    index: [look.image, o, i, j],
  });
  const inputAt = (/** @type {number} */ row, /** @type {number} */ column) => ({
    name: input,
    index: [look.image, channel, row, column],
  });
  const third = share(width, 3, 360);
  const unit = power(most(products));
  // A click holds on to a position, whose numbers are links below; another click on it goes to the
  // number under the pointer, or, where that is a product, lets go.
  const pin = (/** @type {Cell | null} */ to, /** @type {Address | null} */ number) => {
    const again = to && pinned && sameCell(to, pinned) && until === null;
    if (again && number) return go({ address: number });
    setUntil(null);
    return setPinned(again ? null : to);
  };
  const point = (/** @type {Cell | null} */ to) => setPointed(to);
  const onInput = (/** @type {Cell | null} */ p) => p && over.position(p.row, p.column);

  return html`<section class="filter">
    <h2>Backward to the filter: the gradient of <code>${node.name}.weight[${[o, c, u, v].join(",")}]</code></h2>
    <div class="choices">
      <${Weights} ...${{ model, look, go, node }} />
      <div>
        <${Stepper} label="filter o" count=${node.parameters.weight[0]} at=${o} onPick=${(/** @type {number} */ k) => go({ address: { ...address, index: [k, c, u, v] } })} />
        <${Stepper} label="channel c" count=${node.parameters.weight[1]} at=${c} onPick=${(/** @type {number} */ k) => go({ address: { ...address, index: [o, k, u, v] } })} />
        <p class="hint">The weight at row ${u}, column ${v} of the filter met another input at each of the
          ${" "}${counted(count, "position")} of the error map. Lay the map over the input, so that its first number lies on row ${a0(over)[0]}, column ${a0(over)[1]}${over.padding.some(Boolean) ? "; what lies outside is padding, where X is 0" : ""}; multiply what lies on each other; add everything up. A click holds on to a position; another click on it goes to its number. The cells show two digits.</p>
        <${Transport} label="Positions" first=${1} last=${count} at=${until ?? count} pace=${Math.max(60, Math.min(500, 12000 / count))} still=${still}
          onPick=${(/** @type {number} */ to) => setUntil(to === count ? null : to)} beside=${until === null ? `all ${count} added` : `${until} of ${count} added`} />
      </div>
    </div>
    ${input === "input" && html`<${Levels} model=${model} />`}
    ${zeros > 0 && html`<p class="hint">${zeros} of the ${count} errors are 0${stops ? `: behind ${node.name}, ${stops} stopped what would have come back` : ""}.</p>`}
    <div class="equals level">
      <figure><figcaption><span class="letter error">dY</span> error of ${node.name}, map ${o}</figcaption>
        <${Grid} rows=${error} name=${`error map ${o} of ${node.name}`} role="error" width=${third}
          frames=${[spot(at.row, at.column)]} onPoint=${point} onPick=${(/** @type {number} */ i, /** @type {number} */ j) => pin({ row: i, column: j }, errorAt(i, j))}
          tell=${(/** @type {number} */ i, /** @type {number} */ j) => `dY[${[look.image, o, i, j]}]`} /></figure>
      <span class="sign" aria-hidden="true">·</span>
      <figure><figcaption><span class="letter x">X</span> ${input === "input" ? "the picture" : input}${model.tensor(input).shape[1] > 1 ? `, map ${channel}` : ""}, the error map over ${over.strided ? `${everyOther(...over.steps)} of it` : "it"}</figcaption>
        <${Grid} rows=${picture} name=${`input ${channel} of ${node.name}`} role="x" width=${third} padding=${over.padding}
          note=${shades(model, input, channel)} frames=${[over.frame, spot(a, e)]} mark=${(/** @type {number} */ row, /** @type {number} */ column) => (over.isMet(row, column) ? "met" : "unmet")}
          onPoint=${(/** @type {Cell | null} */ p) => point(onInput(p))}
          onPick=${(/** @type {number} */ row, /** @type {number} */ column) => pin(onInput({ row, column }), inputAt(row, column))}
          tell=${(/** @type {number} */ row, /** @type {number} */ column) => `X[${[look.image, channel, row, column]}]`} /></figure>
      <span class="sign" aria-hidden="true">=</span>
      <figure class="answer"><figcaption><span class="letter gradient">dY·X</span> what each position says about this weight</figcaption>
        <${Grid} rows=${products} name="products, position by position" role="gradient" width=${third} scale=${most(products)}
          mark=${(/** @type {number} */ i, /** @type {number} */ j) => (isAdded(i, j) ? "" : "later")}
          frames=${[spot(at.row, at.column)]} onPoint=${point} onPick=${(/** @type {number} */ i, /** @type {number} */ j) => pin({ row: i, column: j }, null)}
          tell=${(/** @type {number} */ i, /** @type {number} */ j) => `dY·X at (${i}, ${j})`} /></figure>
    </div>
    <div class="term" aria-live=${until === null ? "polite" : "off"}>
      <p data-test="term">At position (${at.row}, ${at.column}): <${Link} label="dY" address=${errorAt(at.row, at.column)} ...${{ model, go }} />${"\u00a0·\u00a0"}${inside ? html`<${Link} label="X" address=${inputAt(a, e)} ...${{ model, go }} />` : html`<span class="x">X 0 (padding)</span>`} =${"\u00a0"}<b class="gradient">${show(products[at.row]?.[at.column] ?? 0)}</b>${inUnits(products[at.row]?.[at.column] ?? 0, unit)}</p>
      <p data-test="sum">${until === null ? `All ${counted(count, "position")} added up` : `The first ${until} added up`}: <b class="gradient answer">${show(sum)}</b><span class="answer">${inUnits(sum, unit)}</span>${
        until === null && model.images > 1
          ? html` in this image; with the other ${counted(model.images - 1, "image")} the gradient is <b class="gradient answer">${show(explanation.total)}</b>`
          : until === null && html`, the gradient`
      }</p>
    </div>
    <${Registers}
      words=${html`<p>${part.equation.words}</p>
        <p>Without shared weights every position would have a weight, and a gradient, of its own: the
          ${" "}${counted(count, "number")} of dY·X. Because they share one weight, its gradient is their
          <b> sum</b>, not their average and not the last one.</p>`}
      numbers=${html`<${WithNumbers} name=${title(explanation)} parts=${explanation.parts} total=${explanation.total} model=${model} go=${go} />`}
      equation=${html`<${Equation} equation=${part.equation} />`}
      python=${html`<${Python} ...${{ model, part, index: address.index, moment: { n: look.image, i: at.row, j: at.column }, book: node.book.weight }} />`} />
    <${ByImage} ...${{ model, look, go, part }} />
    <${Agreement} explanation=${explanation} model=${model} />
  </section>`;
}

/** The layers right behind a convolution that stopped errors on their way to a map.
 * @param {import("../model.js").Model} model @param {string} name
 * @param {number[]} map image and channel @returns {string[]} */
function stoppers(model, name, map) {
  const [reader, ...others] = model.readers(name);
  if (!reader || others.length || !reader.facts.stops) return [];
  const above = model.tensor(`${reader.name}.error`).rows(map).flat();
  const own = model.tensor(`${name}.error`).rows(map).flat();
  // Of a pool's window only one number gets the error; other layers stop it at its own place.
  const stopped = reader.facts.winner_takes_error
    ? above.some(Boolean) && reader.window?.some((axis) => axis.kernel > 1)
    : above.some((error, place) => error !== 0 && own[place] === 0);
  return [...(stopped ? [reader.name] : []), ...stoppers(model, reader.name, map)];
}

/** The channel of the input that channel c of filter o looks at. @param {import("../document.js").Layer} node @param {number} o @param {number} c */
export function channelOf(node, o, c) {
  const group = Math.floor(o / (node.parameters.weight[0] / node.groups));
  return group * node.parameters.weight[1] + c;
}

/** @param {number} place @param {number} across @returns {Cell} */
function cell(place, across) {
  return { row: Math.floor(place / across), column: place % across };
}

/** @param {Cell} one @param {Cell} other */
function sameCell(one, other) {
  return one.row === other.row && one.column === other.column;
}

/** A cell that was pointed at may be of a larger map than this one.
 * @param {number[][]} map @param {Cell | null} at */
function there(map, at) {
  return at && map[at.row]?.[at.column] !== undefined ? at : null;
}

/** @param {import("./overlay.js").Overlay} over */
function a0(over) {
  return over.meets(0, 0).map((at) => String(at).replace("-", "−"));
}

/** The filter's slice, to choose another of its weights.
 * @param {Pick<ViewProps, "model" | "look" | "go"> & {node: import("../document.js").Layer}} props */
function Weights({ model, look, go, node }) {
  const [o, c, u, v] = look.address.index;
  const weights = model.tensor(`${node.name}.weight`).rows([o, c]);
  const gradients = model.tensor(`${node.name}.weight.gradient`).rows([o, c]);
  const pick = (/** @type {number} */ row, /** @type {number} */ column) =>
    go({ address: { ...look.address, index: [o, c, row, column] } });
  const frames = [spot(u, v)];
  const tell =
    (/** @type {string} */ letter) => (/** @type {number} */ row, /** @type {number} */ column) =>
      `${letter}[${[o, c, row, column]}]`;
  return html`<div class="slices">
    <figure><figcaption><span class="letter w">W</span> filter ${o}, channel ${c}</figcaption>
      <${Grid} rows=${weights} name="weights" role="w" width=${126} frames=${frames} onPick=${pick} tell=${tell("W")} /></figure>
    <figure class="answer"><figcaption><span class="letter gradient">dW</span> its gradients</figcaption>
      <${Grid} rows=${gradients} name="gradients" role="gradient" width=${126} frames=${frames} onPick=${pick} tell=${tell("dW")} /></figure>
  </div>`;
}

/** What each image of the batch adds.
 * @param {Pick<ViewProps, "model" | "look" | "go"> & {part: Part}} props */
function ByImage({ model, look, go, part }) {
  if (model.images < 2) return null;
  const totals = Array.from({ length: model.images }, () => 0);
  for (const term of part.terms) totals[term.index.n] += term.product;
  const { indices, labels } = model.document;
  const bars = totals.map((total, n) => ({
    name: `image ${indices[n]}: ${model.classes[labels[n]]}`,
    total,
    chosen: n === look.image,
    onPick: () => go({ image: n }),
  }));
  return html`<${Bars} title=${`What each of the ${model.images} images adds`} bars=${bars} open=${true} />`;
}
