/** The convolution as the matrix that it is: sparse, and with the same few weights again and again. */

import { html, useEffect, useRef, useState } from "../vendor/preact.js";
import { placeOf } from "../axis.js";
import { isDark } from "../colors.js";
import { STEPS, within } from "../grid.js";
import { counted, show } from "../numbers.js";
import { channelOf } from "./filter.js";

const FAINT = { light: 0.35, dark: 0.5 }; // how opaque weights are that are not selected
const MOST = 2000; // rows and columns that a canvas has room for

/** @import { Axis } from "../document.js" */

/** @param {import("../app.js").ViewProps} props */
export function Matrix({ model, look, go, width }) {
  const { address } = look;
  const node = model.windowed(address.name);
  const [o, c] = address.name.endsWith("weight") ? address.index : [address.index[1], 0];
  const [rows, columns] = node.window;
  const canvas = useRef(null);
  const [at, setAt] = useState(/** @type {{out: number, into: number} | null} */ (null));
  const [allOuts, allIns] = [rows.output * columns.output, rows.size * columns.size];
  const [outs, ins] = [Math.min(allOuts, MOST), Math.min(allIns, MOST)];
  const unit = Math.max(1, Math.min(12, Math.floor(Math.min(width, 1100) / ins)));
  const weights = model.tensor(`${node.name}.weight`).rows([o, c]);
  const dark = isDark();
  const connected = count(rows, columns);
  const [, , u, v] = address.name.endsWith("weight") ? address.index : [];
  const own = u === undefined ? null : u * columns.kernel + v;
  const uses = own === null ? 0 : count(rows, columns, own);
  useEffect(() => {
    const pen = /** @type {any} */ (canvas.current).getContext("2d");
    pen.fillStyle = dark ? "#161a20" : "#ffffff";
    pen.fillRect(0, 0, ins * unit, outs * unit);
    each(rows, columns, (out, into, tap) => {
      if (out >= outs || into >= ins) return;
      pen.globalAlpha = tap === own || own === null ? 1 : FAINT[dark ? "dark" : "light"];
      pen.fillStyle = hue(tap, rows.kernel * columns.kernel, dark);
      pen.fillRect(into * unit, out * unit, unit, unit);
    });
    pen.globalAlpha = 1;
  }, [node, unit, dark, own]);
  const point = (/** @type {PointerEvent} */ event) => {
    const box = /** @type {any} */ (canvas.current).getBoundingClientRect();
    const into = Math.floor(((event.clientX - box.left) / box.width) * ins);
    const out = Math.floor(((event.clientY - box.top) / box.height) * outs);
    setAt(out >= 0 && out < outs && into >= 0 && into < ins ? { out, into } : null);
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    const step = STEPS[event.key];
    if (step) {
      const [down, aside] = at ? step : [0, 0]; // the first key goes to the first entry
      const { out, into } = at ?? { out: 0, into: 0 };
      setAt({ out: within(out + down, outs), into: within(into + aside, ins) });
    } else if (event.key === "Enter" || event.key === " ") pick();
    else return;
    event.preventDefault();
  };
  const tap = at && tapOf(rows, columns, at.out, at.into);
  const product = (/** @type {{out: number, into: number}} */ { out, into }) => {
    const error = model
      .tensor(`${node.name}.error`)
      .at([look.image, o, Math.floor(out / columns.output), out % columns.output]);
    const input = model
      .tensor(model.output(node.inputs[0]))
      .at([
        look.image,
        channelOf(node, o, c),
        Math.floor(into / columns.size),
        into % columns.size,
      ]);
    return html`<span class="answer">; its own gradient in this image is error <span class="error">${show(error)}</span> · input <span class="x">${show(input)}</span> = <b class="gradient">${show(error * input)}</b></span>`;
  };
  const select = (/** @type {number[]} */ [a, e]) =>
    go({ address: { name: `${node.name}.weight`, index: [o, c, a, e] } });
  const pick = () => tap && select(tap);
  return html`<section class="matrix">
    <h2>The connections of ${node.name} as a matrix</h2>
    <p>Every row is an output of map ${o}, every column a number of input map ${channelOf(node, o, c)}. A dense layer would fill the whole
      rectangle with ${(allOuts * allIns).toLocaleString("en")} weights of its own. The convolution has <b>${counted(connected, "connection")}</b>
      ${" "}(${((100 * connected) / (allOuts * allIns)).toFixed(1)} %), and they share <b>${counted(rows.kernel * columns.kernel, "weight")}</b>: equal colors are the same weight.</p>
    ${
      own !== null &&
      html`<p>The selected weight W[${o},${c},${u},${v}] stands in it <b>${uses}</b> times. Each entry of its color has a gradient of its own, error of its row times input of its column; the weight's gradient is their sum. On the way back to the input the same matrix is used turned over (transposed): each column collects the errors of its rows.</p>`
    }
    ${(allOuts > outs || allIns > ins) && html`<p class="hint">The matrix has ${allOuts} rows and ${allIns} columns; its upper left corner is drawn.</p>`}
    <div class="scroll"><div class="entries"><canvas ref=${canvas} width=${ins * unit} height=${outs * unit} role="application" tabindex="0"
      aria-roledescription="matrix" aria-label=${`A matrix of ${outs} rows and ${ins} columns with ${connected} entries`}
      onPointerMove=${point} onPointerLeave=${() => setAt(null)} onClick=${pick} onKeyDown=${key} onBlur=${() => setAt(null)} />
      ${at && html`<span class="spot pointed" style=${{ left: `${at.into * unit}px`, top: `${at.out * unit}px`, width: `${unit}px`, height: `${unit}px` }} />`}</div></div>
    <p class="hint">Rows from top to bottom: outputs; columns from left to right: inputs; both row by row of their maps. A click, or Enter after the arrow keys, selects a weight.</p>
    <p class="term" data-test="matrix" aria-live="polite">${
      at
        ? `Output (${Math.floor(at.out / columns.output)}, ${at.out % columns.output}), input (${Math.floor(at.into / columns.size)}, ${at.into % columns.size}): ${tap === null ? "not connected" : `W[${o},${c},${tap[0]},${tap[1]}] = ${show(weights[tap[0]][tap[1]])}`}`
        : "Point at an entry."
    }${at && tap && product(at)}</p>
    <ul class="key" aria-label="the shared weights">${weights.flatMap((line, u) => line.map((value, v) => html`<li class=${own === u * columns.kernel + v ? "chosen" : ""}><button type="button" onClick=${() => select([u, v])}><span style=${{ background: hue(u * columns.kernel + v, rows.kernel * columns.kernel, dark) }} /> W[${o},${c},${u},${v}] = ${show(value)}</button></li>`))}</ul>
    <h3>A dense layer between the same numbers</h3>
    <p>Every output is joined to every input, by ${(allOuts * allIns).toLocaleString("en")} weights that share nothing: each has a gradient of its own.</p>
    <div class="scroll"><${Dense} ...${{ outs: Math.min(outs, 300), ins: Math.min(ins, 600), unit: Math.max(1, Math.floor(unit / 2)) }} /></div>
  </section>`;
}

/** A full matrix, or its corner; neighbors are never alike. @param {{outs: number, ins: number, unit: number}} props */
function Dense({ outs, ins, unit }) {
  const canvas = useRef(null);
  const dark = isDark();
  useEffect(() => {
    const small = document.createElement("canvas");
    [small.width, small.height] = [ins, outs];
    const dots = small.getContext("2d");
    const pen = /** @type {any} */ (canvas.current).getContext("2d");
    if (!dots || !pen) return;
    const image = dots.createImageData(ins, outs);
    for (let k = 0; k < outs * ins; k += 1) {
      // Scattered without order, so that no pattern looks like something shared.
      const turn = 2 * Math.PI * Math.abs((Math.sin(12.9898 * k) * 43758.5453) % 1);
      const shade = (/** @type {number} */ third) =>
        (dark ? 105 : 175) + 48 * Math.sin(turn + (third * 2 * Math.PI) / 3);
      image.data.set([shade(0), shade(1), shade(2), 255], 4 * k);
    }
    dots.putImageData(image, 0, 0);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(small, 0, 0, ins * unit, outs * unit);
  }, [outs, ins, unit, dark]);
  return html`<canvas ref=${canvas} width=${ins * unit} height=${outs * unit} role="img"
    aria-label=${`A full matrix of ${outs} rows and ${ins} columns`} />`;
}

/** All connections. @param {Axis} rows @param {Axis} columns @param {(out: number, into: number, tap: number) => void} visit */
function each(rows, columns, visit) {
  for (let i = 0; i < rows.output; i += 1) {
    for (let j = 0; j < columns.output; j += 1) {
      for (let u = 0; u < rows.kernel; u += 1) {
        for (let v = 0; v < columns.kernel; v += 1) {
          const [a, e] = [placeOf(rows, i, u), placeOf(columns, j, v)];
          if (a >= 0 && a < rows.size && e >= 0 && e < columns.size) {
            visit(i * columns.output + j, a * columns.size + e, u * columns.kernel + v);
          }
        }
      }
    }
  }
}

/** How often a weight is used, or all are.
 * @param {Axis} rows @param {Axis} columns @param {number | null} only */
function count(rows, columns, only = null) {
  let found = 0;
  each(rows, columns, (_out, _into, tap) => {
    if (only === null || tap === only) found += 1;
  });
  return found;
}

/** @param {Axis} rows @param {Axis} columns @param {number} out @param {number} into */
function tapOf(rows, columns, out, into) {
  const along = (/** @type {Axis} */ axis, /** @type {number} */ i, /** @type {number} */ a) => {
    const u = (a - placeOf(axis, i)) / axis.dilation;
    return Number.isInteger(u) && u >= 0 && u < axis.kernel ? u : null;
  };
  const u = along(rows, Math.floor(out / columns.output), Math.floor(into / columns.size));
  const v = along(columns, out % columns.output, into % columns.size);
  return u === null || v === null ? null : [u, v];
}

/** As many colors as a filter has weights, neither too light nor too dark.
 * @param {number} tap @param {number} taps @param {boolean} dark */
function hue(tap, taps, dark) {
  return `hsl(${Math.round((360 * tap) / taps)} ${dark ? 60 : 55}% ${(dark ? 58 : 46) + 8 * ((tap % 3) - 1)}%)`;
}
