/** Backward to the input: one error, on the same numbers in three faces.
 *
 *     gather       which outputs did this input feed, and through which weight?
 *     scatter      each output hands its error back through its whole filter (+=)
 *     correlation  the turned filter slides over the error map, zeros put in and around
 */

import { html, useState } from "../vendor/preact.js";
import { Bars } from "../bars.js";
import { title } from "../model.js";
import { show } from "../numbers.js";
import { Equation, Registers, Stepper, Tabs, WithNumbers } from "../pieces.js";
import { Python } from "../python.js";
import { Correlation, Gather, Scatter } from "./faces.js";

const SEVERAL = 16; // filters whose parts are shown at once
const FACES = { gather: "gather", scatter: "scatter", correlation: "full correlation" };

/** @import { Term } from "../algebra.js" */
/** @import { ViewProps } from "../app.js" */
/** @import { Windowed } from "../document.js" */
/** What all three are given: the error map of filter o, its slice for channel c, the terms of both
 * that make the number at (h, w) of image n, and what goes with them.
 * @typedef {{go: import("../app.js").Go, node: Windowed, error: number[][], weights: number[][],
 *   own: Term[], o: number, c: number, n: number, h: number, w: number, width: number,
 *   still: boolean}} FaceProps */

/** @param {Omit<ViewProps, "live"> & {part: import("../model.js").Part}} props */
export function BackwardToInput({ model, look, go, part, width, still }) {
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
  const faces = { go, node, error, weights, own, o, c, n, h, w, width, still };
  const equation =
    face === "gather"
      ? part.equation
      : (model.document.equations[node.faces[face]] ?? part.equation);

  const bars = totals.slice(first, first + many).map((total, k) => ({
    name: `filter ${first + k}`,
    total,
    chosen: first + k === o,
    onPick: () => setWanted(first + k),
  }));

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
    ${many > 1 && html`<${Bars} title=${`What each of the ${many} filters hands back`} bars=${bars} open=${many <= SEVERAL} />`}
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
