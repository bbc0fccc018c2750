/** Your own input: draw, drop a picture, change any pixel; everything that follows is computed anew. */

import { html, useRef, useState } from "../vendor/preact.js";
import { Grid, share } from "../grid.js";
import { Levels, levels } from "../levels.js";
import { percent } from "../numbers.js";
import { encoded } from "../picture_file.js";
import { Stepper } from "../pieces.js";
import { isSecret } from "../secret.js";

/** @import { ReadPicture } from "../live.js" */
/** @import { Model } from "../model.js" */

const SERVE = "backlit serve RUN"; // where the page itself knows no command

/** @param {import("../app.js").ViewProps} props */
export function Own({ model, look, live, width }) {
  const [channels] = model.document.input.shape;
  const [channel, setChannel] = useState(0);
  const [brush, setBrush] = useState(1);
  const down = useRef(false);
  const picture = useRef(/** @type {number[][][]} */ ([]));
  const [, redraw] = useState(0);
  const [problem, setProblem] = useState("");
  const [file, setFile] = useState(/** @type {(ReadPicture & {given: File}) | null} */ (null));
  const [drawn, setDrawn] = useState(/** @type {{model: Model, key: string} | null} */ (null));
  const key = `${look.image} of ${model.document.indices}`;
  if (drawn?.model !== model || drawn.key !== key) {
    const input = model.tensor("input");
    if (!down.current) {
      // an answer that comes while somebody draws must not take the stroke away
      picture.current = Array.from({ length: channels }, (_, c) => input.rows([look.image, c]));
    }
    setDrawn({ model, key });
  }
  if (!live) {
    return html`<section><h2>Your own input</h2>
      <p>This page is a file, so nobody computes here. To draw, to drop a picture in and to change weights by hand, serve it:</p>
      <pre><code>${model.document.command || SERVE}</code></pre></section>`;
  }
  const [low, high] = levels(live.normalization, channels, live.white);
  const rows = picture.current[channel] ?? [];
  const label = model.document.labels[look.image];
  const paint = (/** @type {number} */ row, /** @type {number} */ column) => {
    if (rows[row]?.[column] === undefined) return;
    for (let c = 0; c < channels; c += 1) {
      picture.current[c][row][column] = low[c] + brush * (high[c] - low[c]);
    }
    redraw((/** @type {number} */ count) => count + 1);
  };
  // A picture of the run keeps its class, whatever is drawn into it; of another nothing is known.
  const known = live.drawn ? live.label : label;
  const unknown = known === null || known === undefined;
  const finish = (/** @type {number | null | undefined} */ of = known) =>
    live.also({
      picture: picture.current,
      label: of ?? null,
      upcoming: undefined,
    });
  const lift = () => {
    if (down.current) finish();
    down.current = false;
  };
  const clear = () => {
    picture.current = picture.current.map((map, c) => map.map((line) => line.map(() => low[c])));
    setFile(null);
    finish(null);
  };
  const take = async (
    /** @type {File | undefined} */ given,
    /** @type {boolean | null} */ invert = null,
  ) => {
    if (!given) return;
    try {
      const read = await live.picture(await encoded(given), invert);
      picture.current = read.picture;
      setFile({ given, ...read });
      setProblem("");
      finish(null);
    } catch (error) {
      setProblem(`${given.name}: ${/** @type {Error} */ (error).message}`);
    }
  };
  const side = share(width, 2, 460);
  const guesses = model.classes
    .map((name, k) => ({
      name,
      p: model.tensor("probability").at([look.image, k]),
      secret: isSecret({ name: "probability", index: [look.image, k] }),
    }))
    .sort((a, b) => b.p - a.p);
  return html`<section class="own">
    <h2>Your own input</h2>
    <p class="hint">Draw with the pointer, or with the arrow keys and Enter; drop a picture in; or go back to the images of the run. Nothing here changes the run.</p>
    <${Levels} model=${model} />
    <div class="choices">
      <label class="slider">brush <input type="range" min="0" max="1" step="0.05" value=${brush}
        onInput=${(/** @type {any} */ event) => setBrush(Number(event.target.value))} /> ${brush.toFixed(2)}</label>
      <button type="button" onClick=${clear}>clear</button>
      <button type="button" onClick=${() => {
        setFile(null);
        live.also({ picture: undefined, label: undefined });
      }}>back to the images of the run</button>
      <label>picture <input type="file" accept="image/*" onChange=${(/** @type {any} */ event) => take(event.target.files[0])} /></label>
      ${channels > 1 && html`<${Stepper} label="channel" count=${channels} at=${channel} onPick=${setChannel} />`}
      <label>its class <select value=${known ?? ""} onChange=${(/** @type {any} */ event) => finish(event.target.value === "" ? null : Number(event.target.value))}>
        ${live.drawn && html`<option value="" selected=${unknown}>as it is taken for</option>`}
        ${model.classes.map((/** @type {string} */ name, /** @type {number} */ k) => html`<option value=${k} selected=${k === known}>${name}</option>`)}
      </select></label>
    </div>
    ${problem && html`<p role="alert">${problem}</p>`}
    ${
      file &&
      html`<p class="hint" data-test="read">${file.given.name} was read as <code>backlit predict</code> reads it: ${[file.framed, file.inverted ? "dark and light swapped, since the training pictures are the other way round" : "dark and light as they are"].filter(Boolean).join("; ")}.
      ${" "}<button type="button" onClick=${() => take(file.given, !file.inverted)}>swap dark and light</button></p>`
    }
    ${live.drawn && unknown && html`<p class="hint">Nothing is known of its class, so it is the one that the network takes it for. Say what it is: then the error is that of the truth.</p>`}
    <div class="equals">
      <div class="canvas" onPointerDown=${() => {
        down.current = true;
      }} onPointerUp=${lift} onPointerLeave=${lift}
        onDragOver=${(/** @type {DragEvent} */ event) => event.preventDefault()}
        onDrop=${(/** @type {DragEvent} */ event) => {
          event.preventDefault();
          take(event.dataTransfer?.files[0]);
        }}>
        <${Grid} rows=${rows} name="your picture" role="x" width=${side} picture=${[low[channel], high[channel]]}
          onPoint=${(/** @type {import("../grid.js").Cell | null} */ cell) => cell && down.current && paint(cell.row, cell.column)}
          onPick=${(/** @type {number} */ row, /** @type {number} */ column) => {
            paint(row, column);
            finish();
          }} />
      </div>
      <ol class="guesses" aria-live="polite">${guesses.slice(0, 10).map(
        (row) => html`<li><span>${row.name}</span>
        <span class="bar"><span class="above" style=${{ width: `${row.secret ? 0 : 100 * row.p}%` }} /></span><span class="value">${row.secret ? "?" : percent(row.p)}</span></li>`,
      )}</ol>
    </div>
  </section>`;
}
