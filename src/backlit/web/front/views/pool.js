/** Pools: the windows of a number, who won in them, and what is passed back. */

import { html } from "../vendor/preact.js";
import { windowAt } from "../axis.js";
import { most } from "../colors.js";
import { Grid, share, spot } from "../grid.js";
import { power } from "../numbers.js";

/** @import { Windowed } from "../document.js" */
/** @import { Frame } from "../grid.js" */
/** @import { Part } from "../model.js" */
/** @import { PictureProps } from "./number.js" */

/** The windows that a number lies in, or made, and who won. @param {PictureProps} props */
export function PoolPicture({ model, look, go, part, backward, width }) {
  const node = model.windowed(part.layer);
  const [n, c, row, column] = look.address.index;
  const input = model.output(node.inputs[0]);
  const [rows, columns] = node.window;
  const x = model.tensor(input).rows([n, c]);
  const y = model.tensor(`${node.name}.${backward ? "error" : "output"}`).rows([n, c]);
  const boxes = backward ? part.terms.map((term) => [term.index.i, term.index.j]) : [[row, column]];
  const windows = windowsAt(node, boxes);
  const taken = backward ? { row, column } : winner(part);
  const own = taken ? [spot(taken.row, taken.column)] : [];
  const cells = boxes.map(([i, j]) => ({
    top: i,
    left: j,
    rows: 1,
    columns: 1,
    kind: "term",
  }));
  const below = `${node.inputs[0]}.error`;
  const alone = model.readers(node.inputs[0]).length === 1;
  const sizes = { width: share(width, backward && alone ? 3 : 2, 320) };
  // The error that comes and the one that is passed back are compared, so they have one scale.
  const back = backward && alone ? model.tensor(below).rows([n, c]) : [];
  const scale = Math.max(most(y), most(back));
  const errors = backward ? { scale, exponent: power(scale) } : {};
  const padding = [rows.before, rows.after, columns.before, columns.after];
  const pick = (/** @type {string} */ name) => (/** @type {number} */ i, /** @type {number} */ j) =>
    go({ address: { name, index: [n, c, i, j] } });
  const decides =
    backward && node.facts.winner_takes_error ? ": in each window the largest wins" : "";
  const outer = `${node.name}.${backward ? "error" : "output"}`;
  const read = html`<figure><figcaption><span class="letter x">X</span> ${input}, map ${c}${decides}</figcaption>
      <${Grid} rows=${x} name=${`input map ${c}`} role="x" ...${sizes} frames=${[...windows, ...own]} padding=${padding} onPick=${pick(backward ? below : input)} /></figure>`;
  const put = html`<figure><figcaption><span class=${`letter ${backward ? "error" : "y"}`}>${backward ? "dY" : "Y"}</span> ${backward ? `error of ${node.name}` : node.name}, map ${c}</figcaption>
      <${Grid} rows=${y} name=${`${backward ? "error" : "output"} map ${c}`} role=${backward ? "error" : "y"} ...${{ ...sizes, ...errors }} frames=${cells} onPick=${pick(outer)} /></figure>`;
  return html`<div class="equals level">
    ${backward ? put : read} ${ARROW} ${backward ? read : put}
    ${
      backward &&
      alone &&
      html`${ARROW}
      <figure class="answer"><figcaption><span class="letter error">dX</span> what it passes back: error of ${node.inputs[0]}, map ${c}</figcaption>
        <${Grid} rows=${back} name="what the pool passes back" role="error" ...${{ ...sizes, ...errors }} frames=${[...windows, ...own]} padding=${padding} onPick=${pick(below)} /></figure>`
    }
  </div>
  ${backward && node.facts.winner_takes_error && html`<p class="answer">${winning(part, x, windows)}</p>`}`;
}

const ARROW = html`<span class="sign" aria-hidden="true">→</span>`;

/** The windows of some positions. @param {Windowed} node @param {number[][]} positions @returns {Frame[]} */
export function windowsAt({ window }, positions) {
  return positions.map(([i, j]) => windowAt(window, i, j));
}

/** What a max pool has decided about a number.
 * @param {Part} part @param {number[][]} x @param {Frame[]} windows */
export function winning({ terms, total }, x, windows) {
  if (!terms.length) return "It lies in no window, so nothing comes back: 0.";
  const won = terms.flatMap((term, k) =>
    term.factors.some(({ symbol, value }) => /wins/.test(symbol) && value) ? [windows[k]] : [],
  );
  if (!won.length) return "It lost in every window that it lies in, so nothing comes back: 0.";
  const tied = won.some((window) => {
    const inside = x
      .slice(Math.max(0, window.top), window.top + window.rows)
      .flatMap((line) => line.slice(Math.max(0, window.left), window.left + window.columns));
    const largest = Math.max(...inside);
    return inside.filter((each) => each === largest).length > 1;
  });
  const first = tied
    ? " Others in its window are as large; among equals the first in row order wins."
    : "";
  if (total === 0) {
    return `It won, but the error behind the pool is 0 there, so 0 comes back.${first}`;
  }
  return `It won, so the whole error of the window comes back to it, and 0 to the others.${first}`;
}

/** @param {Part} part */
function winner(part) {
  const factor =
    part.terms.length === 1 ? part.terms[0].factors.find((each) => each.symbol === "X") : null;
  return factor ? { row: factor.index[2], column: factor.index[3] } : null;
}
