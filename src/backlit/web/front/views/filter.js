/** Backward to the filter: the error map lies over the input, shifted by the weight's place in it.
 *
 *     dW[o,c,u,v] = Σ_{n,i,j} dY[n,o,i,j] · X[n,c,i·s + u·d − p, j·s + v·d − p]
 */

import { html, useState } from "../vendor/preact.js";
import { most } from "../colors.js";
import { Grid, share } from "../grid.js";
import { title } from "../model.js";
import { counted, show } from "../numbers.js";
import { Agreement, Equation, Link, Python, Registers, Stepper, WithNumbers } from "../pieces.js";

/** @import { ViewProps } from "../app.js" */
/** @import { Part } from "../model.js" */

/** @param {ViewProps} props */
export function Filter({ model, look, go, width }) {
  const [cell, setCell] = useState(/** @type {import("../grid.js").Cell | null} */ (null));
  const { address } = look;
  const node = model.windowed(address.name);
  const explanation = model.explain(address);
  const [part] = explanation.parts;
  const [o, c, u, v] = address.index;
  const [rows, columns] = node.window;
  const channel = channelOf(node, o, c);
  const input = model.output(node.inputs[0]);
  const error = model.tensor(`${node.name}.error`).rows([look.image, o]);
  const picture = model.tensor(input).rows([look.image, channel]);
  const meets = (/** @type {number} */ i, /** @type {number} */ j) => [
    i * rows.stride + u * rows.dilation - rows.before,
    j * columns.stride + v * columns.dilation - columns.before,
  ];
  const products = error.map((line, i) =>
    line.map((value, j) => {
      const [a, e] = meets(i, j);
      return value * (picture[a]?.[e] ?? 0);
    }),
  );
  const [strong] = [...part.terms]
    .filter((term) => term.index.n === look.image)
    .sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
  // A cell that was pointed at may be of a larger map than this one.
  const pointed = cell && error[cell.row]?.[cell.column] !== undefined ? cell : null;
  const at = pointed ?? { row: strong?.index.i ?? 0, column: strong?.index.j ?? 0 };
  const [a, e] = meets(at.row, at.column);
  const inside = picture[a]?.[e] !== undefined;
  const here = products.flat().reduce((sum, each) => sum + each, 0);
  const third = share(width, 3, 360);
  const reach = {
    top: meets(0, 0)[0],
    left: meets(0, 0)[1],
    rows: (rows.output - 1) * rows.stride + 1,
    columns: (columns.output - 1) * columns.stride + 1,
    kind: "over",
  };
  const padding = [
    Math.max(0, -reach.top),
    Math.max(0, reach.top + reach.rows - picture.length),
    Math.max(0, -reach.left),
    Math.max(0, reach.left + reach.columns - picture[0].length),
  ];
  const spot = (/** @type {number} */ row, /** @type {number} */ column) => ({
    top: row,
    left: column,
    rows: 1,
    columns: 1,
    kind: "term",
  });
  const isMet = (/** @type {number} */ row, /** @type {number} */ column) =>
    (row - reach.top) % rows.stride === 0 &&
    (column - reach.left) % columns.stride === 0 &&
    row >= reach.top &&
    column >= reach.left &&
    row < reach.top + reach.rows &&
    column < reach.left + reach.columns;
  const pickTerm = (/** @type {number} */ i, /** @type {number} */ j) =>
    setCell({ row: i, column: j });

  return html`<section class="filter">
    <h2>Backward to the filter: the gradient of <code>${node.name}.weight[${[o, c, u, v].join(",")}]</code></h2>
    <div class="choices">
      <${Weights} ...${{ model, look, go, node }} />
      <div>
        <${Stepper} label="filter o" count=${node.parameters.weight[0]} at=${o} onPick=${(/** @type {number} */ k) => go({ address: { ...address, index: [k, c, u, v] } })} />
        <${Stepper} label="channel c" count=${node.parameters.weight[1]} at=${c} onPick=${(/** @type {number} */ k) => go({ address: { ...address, index: [o, k, u, v] } })} />
        <p class="hint">The weight at row ${u}, column ${v} of the filter met another input at each of the
          ${" "}${counted(rows.output * columns.output, "position")} of the error map.</p>
      </div>
    </div>
    <div class="equals">
      <figure><figcaption><span class="letter error">dY</span> error of ${node.name}, map ${o}</figcaption>
        <${Grid} rows=${error} name=${`error map ${o} of ${node.name}`} role="error" width=${third}
          frames=${[spot(at.row, at.column)]} onPoint=${(/** @type {import("../grid.js").Cell | null} */ p) => p && setCell(p)} onPick=${(/** @type {number} */ i, /** @type {number} */ j) => go({ address: { name: `${node.name}.error`, index: [look.image, o, i, j] }, view: "number" })}
          tell=${(/** @type {number} */ i, /** @type {number} */ j) => `dY[${[look.image, o, i, j]}]`} /></figure>
      <span class="sign" aria-hidden="true">·</span>
      <figure><figcaption><span class="letter x">X</span> ${input === "input" ? "the picture" : input}${node.shape && model.tensor(input).shape[1] > 1 ? `, map ${channel}` : ""}; the error map lies at row ${u}, column ${v}: the place of the weight</figcaption>
        <${Grid} rows=${picture} name=${`input ${channel} of ${node.name}`} role="x" width=${third} padding=${padding}
          picture=${null} frames=${[reach, spot(a, e)]} mark=${(/** @type {number} */ row, /** @type {number} */ column) => (isMet(row, column) ? "met" : "unmet")}
          onPoint=${(/** @type {import("../grid.js").Cell | null} */ p) => {
            if (!p || !isMet(p.row, p.column)) return;
            const [row, column] = [p.row - reach.top, p.column - reach.left];
            setCell({ row: row / rows.stride, column: column / columns.stride });
          }}
          onPick=${(/** @type {number} */ row, /** @type {number} */ column) => go({ address: { name: input, index: [look.image, channel, row, column] }, view: "number" })}
          tell=${(/** @type {number} */ row, /** @type {number} */ column) => `X[${[look.image, channel, row, column]}]`} /></figure>
      <span class="sign" aria-hidden="true">=</span>
      <figure class="answer"><figcaption><span class="letter gradient">dY·X</span> what each position says about this weight</figcaption>
        <${Grid} rows=${products} name="products, position by position" role="gradient" width=${third} scale=${most(products)}
          frames=${[spot(at.row, at.column)]} onPoint=${(/** @type {import("../grid.js").Cell | null} */ p) => p && setCell(p)} onPick=${pickTerm}
          tell=${(/** @type {number} */ i, /** @type {number} */ j) => `dY·X at (${i}, ${j})`} /></figure>
    </div>
    <p class="term" aria-live="polite" data-test="term">
      At position (${at.row}, ${at.column}): <span class="error">dY ${show(error[at.row]?.[at.column] ?? 0)}</span> ·${" "}
      <span class="x">X ${inside ? show(picture[a][e]) : "0 (padding)"}</span> =${" "}
      <b class="gradient">${show(products[at.row]?.[at.column] ?? 0)}</b></p>
    <${Registers}
      words=${html`<p>${part.equation.words}</p>
        <p>Without shared weights every position would have a weight, and a gradient, of its own: the
          ${" "}${counted(products.flat().length, "number")} of dY·X. Because they share one weight, its gradient is their
          <b> sum</b>, not their average and not the last one: <span class="answer">${show(here)} in this image${model.images > 1 ? `, and ${show(explanation.total)} over all ${model.images} images` : ""}</span>.</p>`}
      numbers=${html`<${WithNumbers} name=${title(explanation)} parts=${explanation.parts} total=${explanation.total} model=${model} go=${go} />`}
      equation=${html`<${Equation} equation=${part.equation} />`}
      python=${html`<${Python} code=${node.book.weight} indices=${{ o, c, u, v, n: look.image, i: at.row, j: at.column }} />`} />
    <${ByImage} ...${{ model, look, go, part }} />
    <${Agreement} explanation=${explanation} model=${model} />
    <p class="follow">Where the numbers come from: <${Link} address=${{ name: `${node.name}.error`, index: [look.image, o, at.row, at.column] }} ...${{ model, go }} />
      ${inside && html` <${Link} address=${{ name: input, index: [look.image, channel, a, e] }} ...${{ model, go }} />`}</p>
  </section>`;
}

/** The channel of the input that channel c of filter o looks at. @param {import("../document.js").Layer} node @param {number} o @param {number} c */
export function channelOf(node, o, c) {
  const group = Math.floor(o / (node.parameters.weight[0] / node.groups));
  return group * node.parameters.weight[1] + c;
}

/** The filter's slice, to choose another of its weights.
 * @param {ViewProps & {node: import("../document.js").Layer}} props */
function Weights({ model, look, go, node }) {
  const [o, c, u, v] = look.address.index;
  const weights = model.tensor(`${node.name}.weight`).rows([o, c]);
  const gradients = model.tensor(`${node.name}.weight.gradient`).rows([o, c]);
  const pick = (/** @type {number} */ row, /** @type {number} */ column) =>
    go({ address: { ...look.address, index: [o, c, row, column] } });
  const frames = [{ top: u, left: v, rows: 1, columns: 1, kind: "term" }];
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

/** What each image of the batch adds. @param {ViewProps & {part: Part}} props */
function ByImage({ model, look, go, part }) {
  if (model.images < 2) return null;
  const totals = Array.from({ length: model.images }, () => 0);
  for (const term of part.terms) totals[term.index.n] += term.product;
  const largest = Math.max(...totals.map(Math.abs), Number.MIN_VALUE);
  return html`<details class="by-image answer" open><summary>What each of the ${model.images} images adds</summary>
    <ol>${totals.map(
      (total, n) => html`<li class=${n === look.image ? "chosen" : ""}>
      <button type="button" onClick=${() => go({ image: n })}>image ${model.document.indices[n]}, ${model.classes[model.document.labels[n]]}</button>
      <span class="bar"><span class=${total < 0 ? "below" : "above"} style=${{ width: `${(100 * Math.abs(total)) / largest}%` }} /></span>
      <span class="value">${show(total)}</span></li>`,
    )}</ol></details>`;
}
