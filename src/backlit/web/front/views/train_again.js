/** The run's training once more, while one looks on: start, pause, a single step. */

import { html, useEffect, useRef, useState } from "../vendor/preact.js";
import { Atlas } from "../atlas.js";
import { most } from "../colors.js";
import { Grid, spot } from "../grid.js";
import { write } from "../model.js";
import { listing, percent, show } from "../numbers.js";
import { decode, Tensor } from "../tensors.js";

/** @typedef {import("../document.js").Progress} Progress */

const [WIDTH, HEIGHT, EDGE] = [520, 200, 58];
const FEW = 40; // steps that the first losses have room for
const LATER = 2000; // milliseconds from one look to the next while it rests: somebody else may have gone on
const EVERY = 250; // milliseconds from one look to the next while it runs

/** Seconds from step to step. @type {Record<string, string>} */
const PACES = { 0: "as fast as it goes", 0.1: "10 steps a second", 0.5: "2 steps a second" };

/** @param {any} props */
export function TrainAgain({ live, go, look: { address } }) {
  const [now, setNow] = useState(/** @type {Progress | null} */ (null));
  const [problem, setProblem] = useState("");
  const losses = useRef(/** @type {number[]} */ ([]));
  const [pace, setPace] = useState(0);
  const [tries, setTries] = useState(0); // that failed
  const carryOut = async (
    /** @type {string} */ action,
    /** @type {{pace?: number, layer?: string}} */ more = action === "start" ? { pace } : {},
  ) => {
    try {
      const since = action === "again" ? 0 : losses.current.length;
      /** @type {Progress} */
      const found = await live.train(action, since, more);
      if (found.step < losses.current.length) losses.current = [];
      found.losses.forEach((loss, k) => {
        losses.current[found.first + k] = Number(loss);
      });
      setNow(found);
      setProblem("");
    } catch (error) {
      setProblem(/** @type {Error} */ (error).message);
      setTries((/** @type {number} */ count) => count + 1);
    }
  };
  useEffect(() => {
    if (!now && !tries) carryOut("look");
    if (!now) return undefined;
    const timer = setTimeout(() => carryOut("look"), now.running && !problem ? EVERY : LATER);
    return () => clearTimeout(timer);
  }, [now, tries]);
  if (!now) {
    return problem
      ? html`<p role="alert">${problem}</p>`
      : html`<p class="hint" aria-busy="true">Asking the server…</p>`;
  }
  const ended = now.finished || Boolean(now.problem); // nothing goes on until it begins again
  const look = () => live.also({ at_step: now.step, upcoming: undefined });
  const upcoming = () =>
    live.also({ at_step: now.step, upcoming: true, picture: undefined, edits: [] });
  const epoch = Math.floor(now.step / now.batches);
  const accuracy = now.accuracy === null ? null : Number(now.accuracy);
  return html`<div class="again">
    <h3>Train it once more, and look on</h3>
    <p class="hint">From the first weights of this run, with the same images in the same order. The run itself is left alone; all who have opened this page look at the same training. To follow one step exactly: look at the next step, find a weight's new value under Update, take one step, and look again.</p>
    <div class="transport" role="group" aria-label="Training">
      <button type="button" disabled=${ended} onClick=${() => carryOut(now.running ? "pause" : "start")}>${now.running ? "pause" : "start"}</button>
      <button type="button" disabled=${now.running || ended} onClick=${() => carryOut("step")}>one step</button>
      <button type="button" onClick=${() => carryOut("again")}>begin again</button>
      <label>speed <select value=${pace} onChange=${(/** @type {any} */ event) => {
        const seconds = Number(event.target.value);
        setPace(seconds);
        if (now.running) carryOut("start", { pace: seconds });
      }}>${Object.entries(PACES).map(([seconds, words]) => html`<option value=${seconds} selected=${Number(seconds) === pace}>${words}</option>`)}</select></label>
      <button type="button" disabled=${now.running} onClick=${look}>look into this network</button>
      <button type="button" disabled=${now.running || ended} onClick=${upcoming}>look at its next step</button>
      <span data-test="progress">step ${now.step} of ${now.steps}, epoch ${Math.min(epoch + 1, now.steps / now.batches)}${accuracy === null ? "" : `; ${percent(accuracy)} right in it so far`}; η ${show(now.rate, 3)}</span>
    </div>
    <details class="frozen"><summary>${now.frozen.length ? `frozen: ${listing(now.frozen)}` : "freeze a layer"}</summary>
      <p class="hint">From the next step on its weights and biases stay as they are; the others learn on.</p>
      <div class="choices" role="group" aria-label="Frozen layers">${now.layers.map(
        (layer) =>
          html`<label><input type="checkbox" checked=${now.frozen.includes(layer)} onChange=${(/** @type {any} */ event) => carryOut(event.target.checked ? "freeze" : "thaw", { layer })} /> ${layer}</label>`,
      )}</div></details>
    ${now.finished && html`<p class="hint">The training has come to its end, so there is no next step: begin again to follow one.</p>`}
    ${(problem || now.problem) && html`<p role="alert">${problem || now.problem}</p>`}
    <div class="equals">
      <${Losses} losses=${losses.current} steps=${now.steps} />
      ${Object.entries(now.weights).map(([name, data]) => html`<${Now} ...${{ name, data, go, address }} key=${name} />`)}
    </div></div>`;
}

/** The loss of every step. @param {{losses: number[], steps: number}} props */
function Losses({ losses, steps }) {
  const finite = losses.filter(Number.isFinite);
  const high = finite.reduce((most, loss) => Math.max(most, loss), 1e-9);
  const far = Math.min(steps, Math.max(FEW, Math.ceil(losses.length * 1.25)));
  const across = (/** @type {number} */ k) =>
    EDGE + (k / Math.max(1, far - 1)) * (WIDTH - 1.3 * EDGE);
  const up = (/** @type {number} */ loss) => HEIGHT - 30 - (loss / high) * (HEIGHT - 50);
  const last = losses.length ? losses[losses.length - 1] : NaN;
  const points = losses
    .map((loss, k) =>
      Number.isFinite(loss) ? `${across(k).toFixed(1)},${up(loss).toFixed(1)}` : "",
    )
    .join(" ");
  return html`<figure><figcaption>loss of each step${losses.length ? `; the last ${show(last, 3)}` : ""}</figcaption>
    <svg class="course" width=${WIDTH} height=${HEIGHT} viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${`loss of ${losses.length} steps, the last ${show(last, 3)}`}>
      <line class="axis" x1=${EDGE} x2=${WIDTH - 0.3 * EDGE} y1=${HEIGHT - 30} y2=${HEIGHT - 30} />
      <polyline class="line n0 thin" points=${points} />
      <text class="tick" x=${EDGE - 4} y=${up(high) + 4} text-anchor="end">${losses.length ? show(high, 3) : ""}</text>
      <text class="tick" x=${EDGE - 4} y=${HEIGHT - 26} text-anchor="end">0</text>
      <text class="tick" x=${WIDTH - 0.3 * EDGE} y=${HEIGHT - 10} text-anchor="end">step ${far}</text>
    </svg></figure>`;
}

/** The filters of a layer as they are now, and the selected weight's one large. @param {any} props */
function Now({ name, data, go, address }) {
  const { shape, numbers } = decode(data);
  const [, filters, channels, height, width] = shape;
  const maps = new Tensor([1, filters * channels, height, width], numbers);
  const scale = most([Array.from(numbers)]);
  const weight = (/** @type {number[]} */ [map, u, v]) => ({
    name,
    index: [Math.floor(map / channels), map % channels, u, v],
  });
  const [o, c, u, v] = address.index;
  const own = address.name === name;
  return html`<figure><figcaption><span class="letter w">W</span> ${name}, now</figcaption>
    <${Atlas} tensor=${maps} image=${0} name=${`${name} now`} role="w" together=${channels} chosen=${own ? [o * channels + c, u, v] : null} width=${220} tall=${220}
      most=${scale} onPick=${(/** @type {number[]} */ at) => go({ address: weight(at) })} tell=${(/** @type {number[]} */ at) => write(weight(at))} /></figure>
    ${
      own &&
      html`<figure><figcaption><span class="letter w">W</span> filter ${o}, channel ${c}, now</figcaption>
      <${Grid} rows=${maps.rows([0, o * channels + c])} name="the selected filter now" role="w" width=${200} scale=${scale}
        frames=${[spot(u, v)]}
        onPick=${(/** @type {number} */ row, /** @type {number} */ column) => go({ address: { name, index: [o, c, row, column] } })} /></figure>`
    }`;
}
