/** Forward at one position: the filter over its window, product by product, sum, bias, activation. */

import { html, useEffect, useRef, useState } from "../vendor/preact.js";
import { placeOf, span, windowAt } from "../axis.js";
import { most } from "../colors.js";
import { Grid, share, spot } from "../grid.js";
import { Levels, shades } from "../levels.js";
import { title } from "../model.js";
import { everyOther, inUnits, listing, power, raised, show } from "../numbers.js";
import { Agreement, Equation, Link, Registers, Stepper, WithNumbers } from "../pieces.js";
import { Python } from "../python.js";
import { Transport } from "../transport.js";
import { channelOf } from "./filter.js";

/** @import { Axis, Windowed } from "../document.js" */
/** @import { Model, Part } from "../model.js" */

const MOST = 64; // slices that are drawn
const PACE = 500; // milliseconds from one position to the next

/** @param {import("../app.js").ViewProps} props */
export function Forward({ model, look, go, width, still }) {
  const { address } = look;
  const node = model.windowed(address.name);
  const [n, o, i, j] = address.index;
  const [rows, columns] = node.window;
  const channels = node.parameters.weight[1];
  const input = model.output(node.inputs[0]);
  const explanation = model.explain(address);
  const [part] = explanation.parts;
  const count = rows.output * columns.output;
  const to = (/** @type {number} */ place) =>
    go({
      address: {
        ...address,
        index: [n, o, Math.floor(place / columns.output), place % columns.output],
      },
    });
  const at = i * columns.output + j;
  const window = windowAt(node.window, i, j);
  const output = model.tensor(address.name).rows([n, o]);
  const bias = model.has(`${node.name}.bias`) ? model.tensor(`${node.name}.bias`).at([o]) : null;
  const listed = Array.from({ length: Math.min(channels, MOST) }, (_, c) =>
    slice(model, node, part, { o, c }),
  );
  const sum = part.terms
    .filter((term) => "u" in term.index)
    .reduce((total, term) => total + term.product, 0);
  // At first the channel that gives most here.
  const [shown, setShown] = useState(() =>
    listed.reduce((best, { sum }, c) => (Math.abs(sum) > Math.abs(listed[best].sum) ? c : best), 0),
  );
  const channel = Math.min(shown, channels - 1);
  const list = useRef(null);
  useEffect(() => {
    const { children, offsetTop, clientHeight, scrollTop } = /** @type {any} */ (list.current);
    const slice = children[channel];
    if (!slice) return;
    const [top, bottom] = [
      slice.offsetTop - offsetTop,
      slice.offsetTop - offsetTop + slice.offsetHeight,
    ];
    if (top < scrollTop || bottom > scrollTop + clientHeight) {
      /** @type {any} */ (list.current).scrollTop = top;
    }
  }, [channel]);
  const picture = model.tensor(input).rows([n, channelOf(node, o, channel)]);
  const padding = [rows.before, rows.after, columns.before, columns.after];
  const absent = part.possible - part.terms.length + (bias === null ? 0 : 1);
  const half = share(width, 2, 380);
  // Slices are compared, so they have one scale, and numbers in the same unit.
  const all = (/** @type {"inputs" | "weights" | "products"} */ of) => {
    const scale = most(listed.flatMap((each) => each[of]));
    return { scale, exponent: power(scale) };
  };
  const [inputs, weights, products] = [all("inputs"), all("weights"), all("products")];
  const scaled = listing(
    Object.entries({ inputs, weights, products })
      .filter(([, { exponent }]) => exponent)
      .map(([name, { exponent }]) => `${name} × ${raised(exponent)}`),
  );
  const after = model.readers(node.name).find((each) => each.facts.keeps_place);

  return html`<section class="forward">
    <h2>Forward: filter ${o} of ${node.name} at row ${i}, column ${j}</h2>
    <div class="choices">
      <${Transport} label="Positions" first=${0} last=${count - 1} at=${at} pace=${PACE} still=${still} onPick=${to} beside=${`${at + 1} of ${count}`} />
      <${Stepper} label="filter o" count=${node.parameters.weight[0]} at=${o} onPick=${(/** @type {number} */ k) => go({ address: { ...address, index: [n, k, i, j] } })} />
      ${channels > 1 && html`<${Stepper} label="channel c" count=${channels} at=${channel} onPick=${setShown} />`}
    </div>
    <p class="hint">${node.title}: the window of this output begins at row ${beginning(i, rows)}, column ${beginning(j, columns)} of the input${spread(rows, columns)}.</p>
    ${input === "input" && html`<${Levels} model=${model} />`}
    <div class="equals level">
      <figure><figcaption><span class="letter x">X</span> ${input === "input" ? "the picture" : input}, map ${channelOf(node, o, channel)}</figcaption>
        <${Grid} rows=${picture} name=${`input ${channel}`} role="x" note=${shades(model, input, channelOf(node, o, channel))} width=${half} padding=${padding} frames=${[window]}
          mark=${(/** @type {number} */ row, /** @type {number} */ column) => (isSkipped(row - window.top, column - window.left, rows, columns) ? "unmet" : "")}
          onPick=${(/** @type {number} */ row, /** @type {number} */ column) => go({ address: { name: input, index: [n, channelOf(node, o, channel), row, column] }, view: "best" })}
          tell=${(/** @type {number} */ row, /** @type {number} */ column) => `X[${[n, channelOf(node, o, channel), row, column]}]`} /></figure>
      <span class="sign" aria-hidden="true">→</span>
      <figure class="answer"><figcaption><span class="letter y">Y</span> output of ${node.name}, map ${o}</figcaption>
        <${Grid} rows=${output} name=${`output map ${o}`} role="y" width=${half}
          frames=${[spot(i, j)]}
          onPick=${(/** @type {number} */ row, /** @type {number} */ column) => go({ address: { ...address, index: [n, o, row, column] } })}
          tell=${(/** @type {number} */ row, /** @type {number} */ column) => `Y[${[n, o, row, column]}]`} /></figure>
    </div>
    <h3>${channels === 1 ? "One channel, and the filter's one slice" : `${channels} channels, each with its own slice of the filter${channels > MOST ? `; the first ${MOST} are shown` : ""}`}</h3>
    ${scaled && html`<p class="hint">Here are written ${scaled}.</p>`}
    <div class="slices-list" ref=${list}>
      ${listed.map(
        (each, c) => html`<div
        class=${`slice ${c === channel ? "chosen" : ""}`} onClick=${() => setShown(c)}>
        <p>channel ${channelOf(node, o, c)}</p>
        <${Grid} rows=${each.inputs} name=${`inputs of channel ${c}`} role="x" width=${96} ...${inputs} />
        <span aria-hidden="true">·</span>
        <${Grid} rows=${each.weights} name=${`weights of channel ${c}`} role="w" width=${96} ...${weights}
          onPick=${(/** @type {number} */ u, /** @type {number} */ v) => go({ address: { name: `${node.name}.weight`, index: [o, c, u, v] }, view: "filter" })} />
        <span aria-hidden="true">=</span>
        <${Grid} rows=${each.products} name=${`products of channel ${c}`} role="y" width=${96} ...${products} />
        <p class=${`value ${channels === 1 ? "answer" : ""}`}>sum <b>${show(each.sum)}</b>${inUnits(each.sum, products.exponent)}</p>
      </div>`,
      )}
    </div>
    <p class="term" aria-live="polite" data-test="sum">
      ${channels > 1 ? `all ${channels} channels` : "all products"} <b class="answer">${show(sum)}</b>
      ${bias !== null && html` + <span class="b">bias ${show(bias)}</span>`} = <b class="y answer">${show(explanation.total)}</b>
      ${after && html`, and ${after.name} makes <span class="answer"><${Link} address=${{ name: `${after.name}.output`, index: address.index }} ...${{ model, go }} /></span>`}</p>
    <${Registers}
      words=${html`<p>${part.equation.words}</p>${absent > 0 && html`<p>${absent} of ${part.possible} products are left out: ${part.equation.skipped}.</p>`}
        <p>${channels > 1 && html`One filter sees <b>all</b> ${channels} input channels${node.groups > 1 ? " of its group" : ""} and adds them up to one number. `}The filter is laid over the image as it is: nothing is turned here.</p>`}
      numbers=${html`<${WithNumbers} name=${title(explanation)} parts=${explanation.parts} total=${explanation.total} model=${model} go=${go} />`}
      equation=${html`<${Equation} equation=${part.equation} />`}
      python=${html`<${Python} ...${{ model, part, index: address.index, book: node.book.forward }} />`} />
    <${Agreement} explanation=${explanation} model=${model} />
  </section>`;
}

/** Where a window begins, as it is computed. @param {number} place @param {Axis} axis */
function beginning(place, axis) {
  const { stride, before } = axis;
  const first = placeOf(axis, place);
  if (stride === 1 && before === 0) return `${first}`;
  const steps = stride === 1 ? `${place}` : `${place} · ${stride}`;
  return `${steps}${before ? ` − ${before}` : ""} = ${String(first).replace("-", "−")}`;
}

/** What dilation does to it. @param {Axis} rows @param {Axis} columns */
function spread(rows, columns) {
  if (rows.dilation === 1 && columns.dilation === 1) return "";
  return `, and takes ${everyOther(rows.dilation, columns.dilation)} from there`;
}

/** Whether dilation passes over a place that lies inside the window.
 * @param {number} down @param {number} across from the window's corner
 * @param {Axis} rows @param {Axis} columns */
function isSkipped(down, across, rows, columns) {
  const isInside = down >= 0 && across >= 0 && down < span(rows) && across < span(columns);
  return isInside && (down % rows.dilation > 0 || across % columns.dilation > 0);
}

/** The inputs, the weights and the products of one channel.
 * @param {Model} model @param {Windowed} node @param {Part} part @param {{o: number, c: number}} at */
function slice(model, node, part, { o, c }) {
  const [rows, columns] = node.window;
  const empty = () =>
    Array.from({ length: rows.kernel }, () => Array.from({ length: columns.kernel }, () => 0));
  const [inputs, products] = [empty(), empty()];
  const weights = model.tensor(`${node.name}.weight`).rows([o, c]);
  let sum = 0;
  for (const term of part.terms) {
    if (term.index.c !== c) continue;
    const { u, v } = term.index;
    inputs[u][v] = term.factors.find((each) => each.symbol === "X")?.value ?? 0;
    products[u][v] = term.product;
    sum += term.product;
  }
  return { inputs, weights, products, sum };
}
