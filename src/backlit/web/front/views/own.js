/** Your own input: draw, drop a picture, change any pixel; everything that follows is computed anew. */

import { html, useRef, useState } from "../vendor/preact.js";
import { Grid, share } from "../grid.js";
import { percent, show } from "../numbers.js";
import { Stepper } from "../pieces.js";

/** @import { Model } from "../model.js" */

/** @param {import("../app.js").ViewProps} props */
export function Own({ model, look, live, width }) {
  const [channels, height, across] = model.document.input.shape;
  const [channel, setChannel] = useState(0);
  const [brush, setBrush] = useState(1);
  const down = useRef(false);
  const picture = useRef(/** @type {number[][][]} */ ([]));
  const [, redraw] = useState(0);
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
      <pre><code>backlit serve RUN</code></pre></section>`;
  }
  const [low, high] = reach(live.normalization, channels);
  const rows = picture.current[channel] ?? [];
  const label = model.document.labels[look.image];
  const paint = (/** @type {number} */ row, /** @type {number} */ column) => {
    if (rows[row]?.[column] === undefined) return;
    for (let c = 0; c < channels; c += 1) {
      picture.current[c][row][column] = low[c] + brush * (high[c] - low[c]);
    }
    redraw((/** @type {number} */ count) => count + 1);
  };
  const finish = () => live.also({ picture: picture.current, label });
  const lift = () => {
    if (down.current) finish();
    down.current = false;
  };
  const clear = () => {
    picture.current = picture.current.map((map, c) => map.map((line) => line.map(() => low[c])));
    finish();
  };
  const take = async (/** @type {File | undefined} */ file) => {
    const found = file && (await scaled(file, across, height, channels));
    if (!found) return;
    picture.current = found.map((map, c) =>
      map.map((line) => line.map((level) => low[c] + level * (high[c] - low[c]))),
    );
    finish();
  };
  const side = share(width, 2, 460);
  const guesses = model.classes
    .map((name, k) => ({
      name,
      p: model.tensor("probability").at([look.image, k]),
    }))
    .sort((a, b) => b.p - a.p);
  return html`<section class="own">
    <h2>Your own input</h2>
    <p class="hint">Draw with the pointer, or with the arrow keys and Enter; drop a picture in; or go back to the images of the run. Nothing here changes the run.</p>
    <${Levels} low=${low} high=${high} normalization=${live.normalization} />
    <div class="choices">
      <label class="slider">brush <input type="range" min="0" max="1" step="0.05" value=${brush}
        onInput=${(/** @type {any} */ event) => setBrush(Number(event.target.value))} /> ${brush.toFixed(2)}</label>
      <button type="button" onClick=${clear}>clear</button>
      <button type="button" onClick=${() => live.also({ picture: undefined, label: undefined })}>back to the images of the run</button>
      <label>picture <input type="file" accept="image/*" onChange=${(/** @type {any} */ event) => take(event.target.files[0])} /></label>
      ${channels > 1 && html`<${Stepper} label="channel" count=${channels} at=${channel} onPick=${setChannel} />`}
      <label>its class <select value=${label} onChange=${(/** @type {any} */ event) => live.also({ picture: picture.current, label: Number(event.target.value) })}>
        ${model.classes.map((/** @type {string} */ name, /** @type {number} */ k) => html`<option value=${k} selected=${k === label}>${name}</option>`)}
      </select></label>
    </div>
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
        <span class="bar"><span class="above" style=${{ width: `${100 * row.p}%` }} /></span><span class="value">${percent(row.p)}</span></li>`,
      )}</ol>
    </div>
  </section>`;
}

/** Why black is not 0. @param {any} props */
function Levels({ low, high, normalization }) {
  if (!normalization) return null;
  const each = (/** @type {number[]} */ levels) => levels.map((level) => show(level, 3)).join(", ");
  return html`<p class="hint">The network sees pictures normalized: from each pixel the mean of the training pictures was taken, and the rest divided by their spread. So black is ${each(low)}, and white ${each(high)}.</p>`;
}

/** The numbers of a black and of a white pixel, channel by channel, as the network sees them.
 * @param {{mean: number[], std: number[]} | null} normalization @param {number} channels */
function reach(normalization, channels) {
  const level = (/** @type {number} */ white, /** @type {number} */ c) =>
    normalization ? (white - normalization.mean[c]) / normalization.std[c] : white;
  const each = Array.from({ length: channels }, (_, c) => c);
  return [each.map((c) => level(0, c)), each.map((c) => level(1, c))];
}

/** A picture file in the size of the network's input, levels from 0 to 1; null if it is none.
 * @param {File} file @param {number} width @param {number} height @param {number} channels */
async function scaled(file, width, height, channels) {
  const image = await createImageBitmap(file).catch(() => null);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const pen = canvas.getContext("2d");
  if (!image || !pen) return null;
  const side = Math.min(image.width, image.height);
  const [left, top] = [(image.width - side) / 2, (image.height - side) / 2];
  pen.imageSmoothingQuality = "high";
  pen.drawImage(image, left, top, side, side, 0, 0, width, height);
  const { data } = pen.getImageData(0, 0, width, height);
  const at = (/** @type {number} */ row, /** @type {number} */ column, /** @type {number} */ c) => {
    const [red, green, blue] = data.subarray(4 * (row * width + column));
    if (channels === 3) return [red, green, blue][c] / 255;
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255; // as in ITU-R BT.601
  };
  return Array.from({ length: channels }, (_, c) =>
    Array.from({ length: height }, (_, row) =>
      Array.from({ length: width }, (_, column) => at(row, column, c)),
    ),
  );
}
