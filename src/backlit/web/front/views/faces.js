/** Three pictures of how the error of a convolution's input comes about: the same number in each. */

import { html, useState } from "../vendor/preact.js";
import { placeOf, span, windowAt } from "../axis.js";
import { Grid, share, spot } from "../grid.js";
import { counted, show } from "../numbers.js";
import { Transport } from "../transport.js";

/** @import { Axis, Windowed } from "../document.js" */
/** @import { FaceProps } from "./input.js" */

/** Each error, times the weight through which the pixel went into that output.
 * @param {FaceProps} props */
export function Gather({ go, node, error, weights, own, o, c, n, h, w, width }) {
  const empty = () => error.map((line) => line.map(() => 0));
  const [used, products] = [empty(), empty()];
  const met = new Set();
  for (const { index, product } of own) {
    used[index.i][index.j] = weights[index.u][index.v];
    products[index.i][index.j] = product;
    met.add(`${index.i},${index.j}`);
  }
  const frames = own.map(({ index }) => spot(index.i, index.j));
  const mark = (/** @type {number} */ i, /** @type {number} */ j) =>
    met.has(`${i},${j}`) ? "" : "none";
  const toWeight = (/** @type {number} */ i, /** @type {number} */ j) => {
    const term = own.find(({ index }) => index.i === i && index.j === j);
    if (term) {
      const { u, v } = term.index;
      go({ address: { name: `${node.name}.weight`, index: [o, c, u, v] }, view: "filter" });
    }
  };
  const third = share(width, 3, 330);
  const [pointed, setPointed] = useState(/** @type {import("../grid.js").Cell | null} */ (null));
  const weightAt = own.find(({ index }) => index.i === pointed?.row && index.j === pointed?.column);
  const outputs = pointed && weightAt ? [spot(pointed.row, pointed.column)] : frames;
  const seen = weightAt ? [weightAt] : own;
  return html`<div>
    <div class="equals level">
    <figure><figcaption><span class="letter error">dY</span> error map ${o}: (${h}, ${w}) went into ${counted(own.length, "output")}</figcaption>
      <${Grid} rows=${error} name=${`error map ${o}`} role="error" width=${third} frames=${outputs} onPoint=${setPointed}
        onPick=${(/** @type {number} */ i, /** @type {number} */ j) => go({ address: { name: `${node.name}.error`, index: [n, o, i, j] } })} /></figure>
    <span class="sign" aria-hidden="true">·</span>
    <figure><figcaption><span class="letter w">W</span> for each of them the weight that it went through</figcaption>
      <${Grid} rows=${used} name="the weights it went through" role="w" width=${third} frames=${outputs} mark=${mark} onPoint=${setPointed} onPick=${toWeight} /></figure>
    <span class="sign" aria-hidden="true">=</span>
    <figure><figcaption>the products; their sum is what filter ${o} hands back</figcaption>
      <${Grid} rows=${products} name="the products of error and weight" role="error" width=${third} frames=${outputs} mark=${mark} onPoint=${setPointed} /></figure>
    </div>
    <div class="choices">
      <${AsItIs} ...${{ weights, o, c, go, node }} frames=${seen.map(({ index }) => spot(index.u, index.v))} />
      <ul class="where">${seen.slice(0, 25).map(({ index }) => html`<li>output (${index.i}, ${index.j}) through W[${o},${c},${index.u},${index.v}] = ${show(weights[index.u][index.v])}</li>`)}</ul>
    </div></div>`;
}

/** The filter as it is, nothing turned.
 * @param {{weights: number[][], o: number, c: number, node: Windowed, go: import("../app.js").Go,
 *   frames?: import("../grid.js").Frame[]}} props */
function AsItIs({ weights, o, c, node, go, frames = [] }) {
  return html`<figure><figcaption><span class="letter w">W</span> filter ${o}, channel ${c}, as it is</figcaption>
    <${Grid} rows=${weights} name="the filter as it is" role="w" width=${150} frames=${frames} tell=${(/** @type {number} */ u, /** @type {number} */ v) => `W[${[o, c, u, v]}]`}
      onPick=${(/** @type {number} */ u, /** @type {number} */ v) => go({ address: { name: `${node.name}.weight`, index: [o, c, u, v] }, view: "filter" })} /></figure>`;
}

/** What one output hands back, and what has arrived so far. @param {FaceProps} props */
export function Scatter({ node, error, weights, o, c, h, w, width, still }) {
  const [rows, columns] = node.window;
  const count = rows.output * columns.output;
  const [until, setUntil] = useState(count);
  const map = Array.from({ length: rows.size }, () =>
    Array.from({ length: columns.size }, () => 0),
  );
  const positionAt = (/** @type {number} */ place) => [
    Math.floor(place / columns.output),
    place % columns.output,
  ];
  for (let place = 0; place < until; place += 1) {
    const [i, j] = positionAt(place);
    for (let u = 0; u < rows.kernel; u += 1) {
      for (let v = 0; v < columns.kernel; v += 1) {
        const [a, e] = [placeOf(rows, i, u), placeOf(columns, j, v)];
        if (map[a]?.[e] !== undefined) map[a][e] += error[i][j] * weights[u][v];
      }
    }
  }
  const [i, j] = positionAt(until - 1);
  const window = windowAt(node.window, i, j);
  const laid = weights.map((line) => line.map((weight) => weight * error[i][j]));
  const third = share(width, 4, 330);
  const small = Math.min(150, third);
  return html`<div>
    <${Transport} label="Outputs" one="output" first=${1} last=${count} at=${until} pace=${Math.max(60, Math.min(500, 12000 / count))} still=${still}
      onPick=${setUntil} beside=${`${until} of ${count} outputs have handed back`} />
    <div class="equals level">
      <figure><figcaption><span class="letter error">dY</span> error map ${o}: one number of it</figcaption>
        <${Grid} rows=${error} name=${`error map ${o}`} role="error" width=${third} frames=${[spot(i, j)]} /></figure>
      <span class="sign" aria-hidden="true">·</span>
      <figure><figcaption><span class="letter w">W</span> filter ${o}, channel ${c}, as it is</figcaption>
        <${Grid} rows=${weights} name="the filter as it is" role="w" width=${small} /></figure>
      <span class="sign" aria-hidden="true">=</span>
      <figure><figcaption>what (${i}, ${j}) hands back: ${show(error[i][j])} times the filter</figcaption>
        <${Grid} rows=${laid} name="what this output hands back" role="error" width=${small} /></figure>
      <span class="sign" aria-hidden="true">→</span>
      <figure><figcaption><span class="letter error">dX</span> what has arrived from filter ${o}: there it is added (+=)</figcaption>
        <${Grid} rows=${map} name="what has arrived" role="error" width=${third}
          frames=${[window, spot(h, w)]}
          padding=${[rows.before, rows.after, columns.before, columns.after]} /></figure>
    </div></div>`;
}

/** The turned filter over the error map with zeros put in and around. @param {FaceProps} props */
export function Correlation({ go, node, error, weights, o, c, h, w, width }) {
  const [rows, columns] = node.window;
  const spread = spreadOut(error, rows, columns);
  const turned = [...weights].reverse().map((line) => [...line].reverse());
  const window = { top: h, left: w, rows: span(rows), columns: span(columns), kind: "window" };
  const products = turned.map((line, a) =>
    line.map(
      (weight, e) => weight * (spread.rows[h + a * rows.dilation]?.[w + e * columns.dilation] ?? 0),
    ),
  );
  const half = share(width, 2, 420);
  return html`<div><div class="equals">
    <figure><figcaption><span class="letter error">dY</span> error map ${o}${rows.stride > 1 || columns.stride > 1 ? ", zeros put between its numbers (stride)" : ""}, zeros around it</figcaption>
      <${Grid} rows=${spread.rows} name=${`error map ${o} with zeros`} role="error" width=${half} frames=${[window]}
        mark=${(/** @type {number} */ row, /** @type {number} */ column) => (spread.real[row][column] ? "" : "put")} /></figure>
    <span class="sign" aria-hidden="true">·</span>
    <figure><figcaption><span class="letter w">W</span> filter ${o}, channel ${c}, turned by 180°</figcaption>
      <${Grid} rows=${turned} name="turned weights" role="w" width=${Math.min(180, half)} tell=${(/** @type {number} */ a, /** @type {number} */ e) => `W[${[o, c, rows.kernel - 1 - a, columns.kernel - 1 - e]}]`} /></figure>
    <span class="sign" aria-hidden="true">=</span>
    <figure><figcaption>the products; their sum is what filter ${o} hands back</figcaption>
      <${Grid} rows=${products} name="products under the window" role="error" width=${Math.min(180, half)} /></figure>
  </div>
    <div class="choices"><${AsItIs} ...${{ weights, o, c, go, node }} />
      <p class="hint">The turned filter has the last weight of this one first: row by row from the end.</p></div></div>`;
}

/** @param {number[][]} error @param {Axis} rows @param {Axis} columns */
export function spreadOut(error, rows, columns) {
  const [up, across] = [rows, columns].map((axis) => span(axis) - 1);
  const height = rows.size + up;
  const width = columns.size + across;
  const real = Array.from({ length: height }, () => Array.from({ length: width }, () => false));
  const found = Array.from({ length: height }, () => Array.from({ length: width }, () => 0));
  error.forEach((line, i) =>
    line.forEach((value, j) => {
      const [row, column] = [placeOf(rows, i) + up, placeOf(columns, j) + across];
      if (found[row]?.[column] === undefined) return;
      found[row][column] = value;
      real[row][column] = true;
    }),
  );
  return { rows: found, real };
}
