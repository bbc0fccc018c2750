/** Before, gradient, after, for a whole filter; and what another learning rate would do. */

import { html, useState } from "../vendor/preact.js";
import { most } from "../colors.js";
import { Grid, share, spot } from "../grid.js";
import { decimal, digitsToShow, show } from "../numbers.js";
import { Form, roleOf } from "../pieces.js";
import { frozenLayers } from "../changed.js";
import { write } from "../model.js";
import { rateOf, ruleOf } from "../rule.js";
import { useUpdateReport } from "../update_report.js";
import { FlipView } from "./flip.js";
import { Nudge } from "./nudge.js";
import { RealUpdate, Unknown } from "./real_update.js";

/** @param {import("../app.js").ViewProps} props */
export function Update({ model, look, go, width, live }) {
  const { report, problem } = useUpdateReport(model, live, look.address);
  const [chosen, setChosen] = useState(/** @type {number | null} */ (null));
  const rate = chosen ?? rateOf(model);
  const turn = (/** @type {any} */ event) =>
    setChosen(Number((10 ** Number(event.target.value)).toPrecision(2)));
  const { address } = look;
  const { name, index } = address;
  const tensor = model.tensor(name);
  const gradient = model.tensor(`${name}.gradient`);
  const head = index.slice(0, Math.max(0, index.length - 2));
  const rows = index.length === 1 ? [Array.from(tensor.numbers)] : tensor.rows(head);
  const slopes = index.length === 1 ? [Array.from(gradient.numbers)] : gradient.rows(head);
  const wide = rows.length * rows[0].length > 2000 || rows[0].length > 40;
  const [value, slope] = [tensor.at(index), gradient.at(index)];
  const after = rows.map((line, i) => line.map((each, j) => each - rate * slopes[i][j]));
  const scale = Math.max(most(rows), most(after));
  const third = share(width, 3, 300);
  const step = most(slopes) * rate;
  // As many decimals as show what moved, and as fit into a cell.
  const decimals = Math.max(2, Math.min(4, step > 0 ? 1 - Math.floor(Math.log10(step)) : 2));
  const inCell = (/** @type {number} */ each) => decimal(each, decimals);
  const digits = digitsToShow(value, rate * slope);
  const [row, column] = index.length === 1 ? [0, index[0]] : index.slice(-2);
  const frames = [spot(row, column)];
  const pick = (/** @type {number} */ i, /** @type {number} */ j) =>
    go({ address: { name, index: index.length === 1 ? [j] : [...head, i, j] } });
  const grid = (
    /** @type {string} */ letter,
    /** @type {string} */ title,
    /** @type {number[][]} */ numbers,
    /** @type {string} */ role,
    /** @type {number} */ full,
  ) => html`<figure>
    <figcaption><span class=${`letter ${role}`}>${letter}</span> ${title}</figcaption>
    <${Grid} rows=${numbers} name=${title} role=${role} width=${third} scale=${full} frames=${frames} onPick=${pick} write=${inCell} /></figure>`;
  const letter = roleOf(name) === "b" ? "b" : "W";
  return html`<section class="update">
    <h2>The update of <code>${write(address)}</code></h2>
    <label class="slider">learning rate η <input type="range" min="-4" max="1" step="0.01" value=${Math.log10(rate)}
      aria-valuetext=${show(rate)} onInput=${turn} /> <b>${show(rate)}</b></label>
    <p class="term" aria-live="polite" data-test="update"><span class="w">${letter} ${show(value, digits)}</span> − ${show(rate)} · <span class="gradient">d${letter} ${show(slope)}</span> = <b class="w">${show(value - rate * slope, digits)}</b></p>
    ${
      wide
        ? html`<p class="hint">${rows.length > 1 ? `${rows.length} × ${rows[0].length}` : rows[0].length} numbers are too many for pictures; only this one is shown.</p>`
        : html`<div class="equals level">${grid(letter, "before", rows, roleOf(name), scale)}<span class="sign">−</span>
        ${grid(
          `η·d${letter}`,
          "gradient times η, on a color scale of its own",
          slopes.map((line) => line.map((each) => rate * each)),
          "gradient",
          step,
        )}<span class="sign">=</span>
        ${grid(letter, "after", after, roleOf(name), scale)}</div>`
    }
    <${RealUpdate} ...${{ report, live, model }} />${problem && html`<${Unknown} problem=${problem} />`}
    ${live && html`<${ByHand} ...${{ model, live, address, value, rate }} key=${write(address)} />`}
    <${Nudge} ...${{ model, look, live, slope, value, rate }} key=${`${write(address)} ${value}`} />
    <${FlipView} ...${{ model, look, live }} key=${`${write(address)} ${value} ${look.image}`} />
    <p>All weights are changed at once, after <em>all</em> gradients have been computed with the weights from before. ${ruleOf(model)}</p>
  </section>`;
}

/** Another value for this weight, or for the map that its filter makes.
 * @param {{model: import("../model.js").Model, live: import("../app.js").Live,
 *   address: import("../model.js").Address, value: number, rate: number}} props */
function ByHand({ model, live, address, value, rate }) {
  const node = model.owner(address);
  const isFrozen = node && frozenLayers(model).includes(node.name);
  const change = (/** @type {any} */ fields) => {
    const text = fields.value.value;
    if (text !== "" && Number.isFinite(Number(text))) live.edit(address, Number(text));
  };
  const hold = (/** @type {any} */ fields) => {
    const text = fields.held.value;
    if (node && text !== "" && Number.isFinite(Number(text))) {
      live.clamp(node.name, address.index[0], Number(text));
    }
  };
  const { weight, bias } = node?.parameters ?? {};
  const makesMaps = weight && [2, 4].includes(weight.length);
  const map = `${weight?.length === 2 ? "unit" : "filter"} ${address.index[0]}`;
  return html`<${Form} kind="choices" onEnter=${change}>
    <label>change it by hand to <input name="value" type="number" step="any" defaultValue=${Number(value.toPrecision(6))} /></label>
    <button type="submit">compute everything anew</button>
    <button type="button" onClick=${() => live.descend(rate)}>or take this step with all weights</button>
  <//>
  ${
    node &&
    makesMaps &&
    html`<${Form} kind="choices" onEnter=${hold}>
    <span>what if ${node.name} were without it?</span>
    <button type="button" onClick=${() => live.clamp(node.name, address.index[0], 0)}>silence ${map}</button>
    ${bias && html`<label>or hold its output at <input name="held" type="number" step="any" defaultValue="1" /></label> <button type="submit">hold it</button>`}
    <button type="button" disabled=${isFrozen} onClick=${() => live.freeze(node.name)}>${isFrozen ? `${node.name} is frozen` : `freeze ${node.name} in steps`}</button>
  <//>`
  }`;
}
