/** The nudge: turn one number, and see whether the loss does what the gradient says. */

import { html, useEffect, useState } from "../vendor/preact.js";
import { roleOf } from "../pieces.js";
import { show } from "../numbers.js";

const [WIDTH, HEIGHT, EDGE] = [480, 250, 60];
const STEPS = 41;
const PAUSE = 120; // milliseconds

/** @param {Pick<import("../app.js").ViewProps, "model" | "look" | "live"> &
 *   {slope: number, value: number, rate: number}} props */
export function Nudge({ model, look, live, slope, value, rate }) {
  const [range, setRange] = useState(0.5);
  const [offset, setOffset] = useState(0);
  const [found, setFound] = useState(
    /** @type {{offsets: number[], losses: number[]} | null} */ (null),
  );
  const [problem, setProblem] = useState("");
  const { address } = look;
  const loss = model.tensor("loss").at([]);
  const isFinite = [loss, slope, value, rate * slope].every(Number.isFinite);
  useEffect(() => {
    if (!live || !isFinite) return undefined;
    const unwanted = new AbortController();
    setFound(null);
    setProblem("");
    const offsets = Array.from({ length: STEPS }, (_, k) => range * ((2 * k) / (STEPS - 1) - 1));
    // Who steps through the weights of a filter asks for each of them, and waits for the last.
    const timer = setTimeout(() => {
      live
        .losses(address, offsets, unwanted.signal)
        .then(
          (/** @type {number[]} */ losses) =>
            !unwanted.signal.aborted && setFound({ offsets, losses }),
        )
        .catch(
          (/** @type {Error} */ error) => !unwanted.signal.aborted && setProblem(error.message),
        );
    }, PAUSE);
    return () => {
      unwanted.abort();
      clearTimeout(timer);
    };
  }, [model, range, address.name, String(address.index)]);
  if (!live) {
    const written = `${address.name}[${address.index.join(",")}]`;
    const { command, course } = model.document;
    const inPython = html`<code>trace["${written}"].nudge()</code>`;
    return html`<p class="hint">How the loss really changes when this number is turned is measured by the engine: ${command ? html`<code>${command}</code>` : inPython}${course && html`, or <code>backlit explain RUN '${written}' --nudge</code>`}.</p>`;
  }
  if (!isFinite) {
    return html`<p class="hint">The loss, this number or its gradient is not finite, so there is nothing to measure.</p>`;
  }
  if (problem) return html`<p role="alert">${problem}</p>`;
  if (!found) return html`<p class="hint" aria-busy="true">Measuring the loss…</p>`;
  const { offsets, losses } = found;
  const line = (/** @type {number} */ by) => loss + slope * by;
  const finite = losses.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite, loss), Math.max(...finite, loss)];
  const across = (/** @type {number} */ by) =>
    EDGE + ((by + range) / (2 * range)) * (WIDTH - 2 * EDGE);
  const up = (/** @type {number} */ at) =>
    HEIGHT - EDGE - ((at - low) / (high - low || 1)) * (HEIGHT - 2 * EDGE);
  const nearest = offsets.reduce(
    (best, each, k) => (Math.abs(each - offset) < Math.abs(offsets[best] - offset) ? k : best),
    0,
  );
  const [by, measured] = [offsets[nearest], losses[nearest]];
  const points = offsets.map((each, k) => `${across(each).toFixed(1)},${up(losses[k]).toFixed(1)}`);
  return html`<figure class="nudge">
    <figcaption>The loss as this number is turned: measured at ${STEPS} places, beside the straight line that the gradient predicts</figcaption>
    <svg width=${WIDTH} height=${HEIGHT} viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img"
      aria-label=${`loss ${show(measured)} at ${show(value + by)}; the gradient predicts ${show(line(by))}`}>
      <line class="axis" x1=${EDGE} x2=${WIDTH - EDGE} y1=${HEIGHT - EDGE} y2=${HEIGHT - EDGE} />
      <line class="axis" x1=${across(0)} x2=${across(0)} y1=${EDGE / 2} y2=${HEIGHT - EDGE} />
      <clipPath id="nudge-inside"><rect x=${EDGE} y="4" width=${WIDTH - 2 * EDGE} height=${HEIGHT - EDGE} /></clipPath>
      <g clip-path="url(#nudge-inside)">
        <line class="tangent" x1=${across(-range)} x2=${across(range)} y1=${up(line(-range))} y2=${up(line(range))} />
        <polyline class="line" points=${points.join(" ")} />
      </g>
      ${
        Math.abs(rate * slope) <= range &&
        html`<line class="after" x1=${across(-rate * slope)} x2=${across(-rate * slope)} y1=${EDGE / 2} y2=${HEIGHT - EDGE} />
        <text class="tick" x=${across(-rate * slope)} y=${EDGE / 2 - 6} text-anchor="middle">after its update</text>`
      }
      <circle class="dot" cx=${across(by)} cy=${up(measured)} r="5" />
      <text class="tick" x=${EDGE - 4} y=${EDGE / 2 - 6} text-anchor="end">loss</text>
      <text class="tick" x=${WIDTH / 2} y=${HEIGHT - 12} text-anchor="middle">the ${roleOf(address.name) === "b" ? "bias" : "weight"}</text>
      <text class="tick" x=${EDGE} y=${HEIGHT - 12}>${show(value - range, 3)}</text>
      <text class="tick" x=${WIDTH - EDGE} y=${HEIGHT - 12} text-anchor="end">${show(value + range, 3)}</text>
      <text class="tick" x=${EDGE - 4} y=${up(high) + 4} text-anchor="end">${show(high, 3)}</text>
      <text class="tick" x=${EDGE - 4} y=${up(low) + 4} text-anchor="end">${show(low, 3)}</text>
    </svg>
    <ul class="key"><li><span class="swatch y" /> measured</li><li><span class="swatch error" /> predicted by the gradient</li></ul>
    <label class="turn" style=${{ width: `${WIDTH}px`, paddingInline: `${EDGE - 8}px` }}><span class="hidden">turn it</span>
      <input type="range" min=${-range} max=${range} step=${(2 * range) / (STEPS - 1)} value=${offset}
        onInput=${(/** @type {any} */ event) => setOffset(Number(event.target.value))} /></label>
    <div class="choices"><span>this number changed by ${show(by, 3)}, all others as they are</span>
      <label>range ± <select value=${range} onChange=${(/** @type {any} */ event) => {
        setOffset(0);
        setRange(Number(event.target.value));
      }}>${[0.001, 0.01, 0.1, 0.5, 2].map((each) => html`<option value=${each} selected=${each === range}>${each}</option>`)}</select></label>
    </div>
    <${After} ...${{ model, live, address, line, by: -rate * slope }} />
    <p class="term" aria-live="polite" data-test="nudge">measured <b class="y">${show(measured, 6)}</b>, predicted <b class="error">${show(line(by), 6)}</b></p>
  </figure>`;
}

/** What one step of this weight alone does to the loss: as the gradient foretells it, and really.
 * @param {{model: import("../model.js").Model, live: import("../live.js").Live,
 *   address: import("../model.js").Address, line: (by: number) => number, by: number}} props */
function After({ model, live, address, line, by }) {
  const [measured, setMeasured] = useState("…");
  useEffect(() => {
    const unwanted = new AbortController();
    setMeasured("…");
    const timer = setTimeout(() => {
      live
        .losses(address, [by], unwanted.signal)
        .then(([loss]) => !unwanted.signal.aborted && setMeasured(show(loss, 6)))
        .catch(() => !unwanted.signal.aborted && setMeasured("not to be had"));
    }, PAUSE);
    return () => {
      unwanted.abort();
      clearTimeout(timer);
    };
  }, [model, by]);
  return html`<p data-test="after">After its update, a change of ${show(by)}, the gradient predicts a loss of <b class="error">${show(line(by), 6)}</b>; measured is <b class="y">${measured}</b>. A gradient foretells small steps best.</p>`;
}
