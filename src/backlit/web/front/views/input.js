/** Backward to the input: one error, on the same numbers in three faces.
 *
 *     gather       which outputs did this input feed, and through which weight?
 *     scatter      each output hands its error back through its whole filter (+=)
 *     correlation  the turned filter slides over the error map, zeros put in and around
 */

import { html, useState } from "../vendor/preact.js";
import { Grid, share } from "../grid.js";
import { title } from "../model.js";
import { counted, show } from "../numbers.js";
import { Equation, Registers, Stepper, Tabs, WithNumbers } from "../pieces.js";
import { Python } from "../python.js";

const FACES = { gather: "gather", scatter: "scatter", correlation: "full correlation" };

/** @import { Term } from "../algebra.js" */
/** @import { ViewProps } from "../app.js" */
/** @import { Axis, Windowed } from "../document.js" */
/** What all three are given: the error map of filter o, its slice for channel c, the terms of both
 * that make the number at (h, w) of image n, and what goes with them.
 * @typedef {{go: import("../app.js").Go, node: Windowed, error: number[][], weights: number[][],
 *   own: Term[], o: number, c: number, n: number, h: number, w: number, width: number}} FaceProps */

/** @param {ViewProps & {part: import("../model.js").Part}} props */
export function BackwardToInput({ model, look, go, part, width }) {
  const [face, setFace] = useState(Object.hasOwn(FACES, look.detail) ? look.detail : "gather");
  const node = model.windowed(part.layer);
  const [n, k, h, w] = look.address.index;
  const filters = node.parameters.weight[0];
  const perGroup = node.parameters.weight[1];
  const many = filters / node.groups;
  const first = Math.floor(k / perGroup) * many;
  const totals = Array.from({ length: filters }, () => 0);
  for (const term of part.terms) totals[term.index.o] += term.product;
  const strongest = totals.reduce(
    (best, each, o) => (Math.abs(each) > Math.abs(totals[best]) ? o : best),
    first,
  );
  const [wanted, setWanted] = useState(/** @type {number | null} */ (null));
  const o = wanted ?? strongest;
  const c = k % perGroup;
  const error = model.tensor(`${node.name}.error`).rows([n, o]);
  const weights = model.tensor(`${node.name}.weight`).rows([o, c]);
  const own = part.terms.filter((term) => term.index.o === o);
  /** @type {FaceProps} */
  const faces = { go, node, error, weights, own, o, c, n, h, w, width };
  const equation =
    face === "gather"
      ? part.equation
      : (model.document.equations[node.faces[face]] ?? part.equation);

  return html`<div class="faces">
    <div class="choices">
      <${Tabs} label="Three ways to the same number" items=${FACES} chosen=${face} onPick=${setFace} />
      <${Stepper} label="filter o" first=${first} count=${many} at=${o} onPick=${setWanted} />
    </div>
    <p class="hint">${ASKED[/** @type {keyof typeof ASKED} */ (face)]}</p>
    ${face === "gather" && html`<${Gather} ...${faces} />`}
    ${face === "scatter" && html`<${Scatter} ...${faces} />`}
    ${face === "correlation" && html`<${Correlation} ...${faces} />`}
    <p class="term" data-test="face">Filter ${o} hands back <b class=${`error ${many > 1 ? "" : "answer"}`}>${show(totals[o])}</b>${many > 1 ? html`; all ${many} filters together hand back <b class="error answer">${show(part.total)}</b>` : ""}.</p>
    <${Registers}
      words=${html`<p>${equation.words}</p><p>${TURNED[/** @type {keyof typeof TURNED} */ (face)]}</p>`}
      numbers=${html`<${WithNumbers} name=${title(model.explain(look.address))} parts=${[part]} total=${part.total} model=${model} go=${go} />`}
      equation=${html`<${Equation} equation=${equation} />`}
      python=${html`<${Python} ...${{ model, part, equation, index: look.address.index, moment: { o }, book: node.book[face === "gather" ? "input" : face] }} />`} />
  </div>`;
}

const ASKED = {
  gather:
    "Gather: ask the one number which outputs it fed, and through which weight; collect their errors.",
  scatter:
    "Scatter: go through the outputs; each hands its error back to all numbers that it was made of.",
  correlation:
    "Full correlation: slide the filter, turned by 180°, over the error map, with zeros put around it.",
};

const TURNED = {
  gather:
    "Nothing is turned: each weight is looked up at its place (u, v), the one through which the number went into that output. But lay the weights out by where the outputs are, as in the middle map: there they stand in reverse order. An output further down saw the number through a weight further up. To write this as a correlation, the filter has to be turned; that is all there is to the turning.",
  scatter:
    "Nothing is turned: the filter lies where it lay in the forward pass, and each output's error flows back through it.",
  correlation:
    "Here, and only here, the filter is turned by 180°: not in the forward pass, not in the gradient of the filter, and not in the two other ways to write this same number. It is book-keeping: walking through the outputs that a pixel has fed, row by row, meets the filter's weights from the last to the first.",
};

/** Each error, times the weight through which the pixel went into that output.
 * @param {FaceProps} props */
function Gather({ go, node, error, weights, own, o, c, n, h, w, width }) {
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
    met.has(`${i},${j}`) ? "" : "put";
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
      <${Grid} rows=${error} name=${`error map ${o}`} role="error" width=${third} frames=${outputs} mark=${mark} onPoint=${setPointed}
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

/** @param {number} row @param {number} column */
function spot(row, column) {
  return { top: row, left: column, rows: 1, columns: 1, kind: "term" };
}

/** What one output hands back, and what has arrived so far. @param {FaceProps} props */
function Scatter({ node, error, weights, o, h, w, width }) {
  const [rows, columns] = node.window;
  const [until, setUntil] = useState(rows.output * columns.output);
  const map = Array.from({ length: rows.size }, () =>
    Array.from({ length: columns.size }, () => 0),
  );
  let last = { top: 0, left: 0, rows: rows.kernel, columns: columns.kernel, kind: "window" };
  for (let place = 0; place < until; place += 1) {
    const [i, j] = [Math.floor(place / columns.output), place % columns.output];
    const [top, left] = [i * rows.stride - rows.before, j * columns.stride - columns.before];
    last = {
      ...last,
      top,
      left,
      rows: rows.dilation * (rows.kernel - 1) + 1,
      columns: columns.dilation * (columns.kernel - 1) + 1,
    };
    for (let u = 0; u < rows.kernel; u += 1) {
      for (let v = 0; v < columns.kernel; v += 1) {
        const [a, e] = [top + u * rows.dilation, left + v * columns.dilation];
        if (map[a]?.[e] !== undefined) map[a][e] += error[i][j] * weights[u][v];
      }
    }
  }
  const at = Math.max(0, until - 1);
  const half = share(width, 2, 360);
  const count = rows.output * columns.output;
  return html`<div>
    <div class="transport"><input type="range" min="1" max=${count} value=${until} aria-label="outputs that have handed back"
      onInput=${(/** @type {any} */ event) => setUntil(Number(event.target.value))} /><span>${until} of ${count} outputs have handed back</span></div>
    <div class="equals">
      <figure><figcaption><span class="letter error">dY</span> error map ${o}</figcaption>
        <${Grid} rows=${error} name=${`error map ${o}`} role="error" width=${half}
          frames=${[{ top: Math.floor(at / columns.output), left: at % columns.output, rows: 1, columns: 1, kind: "term" }]} /></figure>
      <span class="sign" aria-hidden="true">→</span>
      <figure><figcaption><span class="letter error">dX</span> what has arrived from filter ${o} (+=)</figcaption>
        <${Grid} rows=${map} name="what has arrived" role="error" width=${half}
          frames=${[last, { top: h, left: w, rows: 1, columns: 1, kind: "term" }]}
          padding=${[rows.before, rows.after, columns.before, columns.after]} /></figure>
    </div></div>`;
}

/** The turned filter over the error map with zeros put in and around. @param {FaceProps} props */
function Correlation({ go, node, error, weights, o, c, h, w, width }) {
  const [rows, columns] = node.window;
  const spread = spreadOut(error, rows, columns);
  const turned = [...weights].reverse().map((line) => [...line].reverse());
  const window = {
    top: h,
    left: w,
    rows: rows.dilation * (rows.kernel - 1) + 1,
    columns: columns.dilation * (columns.kernel - 1) + 1,
    kind: "window",
  };
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
  const [up, across] = [rows, columns].map((axis) => axis.dilation * (axis.kernel - 1));
  const height = rows.size + up;
  const width = columns.size + across;
  const real = Array.from({ length: height }, () => Array.from({ length: width }, () => false));
  const found = Array.from({ length: height }, () => Array.from({ length: width }, () => 0));
  error.forEach((line, i) =>
    line.forEach((value, j) => {
      const [row, column] = [
        i * rows.stride - rows.before + up,
        j * columns.stride - columns.before + across,
      ];
      if (found[row]?.[column] === undefined) return;
      found[row][column] = value;
      real[row][column] = true;
    }),
  );
  return { rows: found, real };
}
