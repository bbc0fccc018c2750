/** How the network was trained: loss and accuracy, and the filters changing from frame to frame. */

import { html, useMemo, useState } from "../vendor/preact.js";
import { Atlas } from "../atlas.js";
import { most } from "../colors.js";
import { Grid, spot } from "../grid.js";
import { write } from "../model.js";
import { percent, show } from "../numbers.js";
import { decode, Tensor } from "../tensors.js";
import { Transport } from "../transport.js";
import { TrainAgain } from "./train_again.js";

const [WIDTH, HEIGHT, EDGE] = [440, 220, 58];
const PACE = 140; // milliseconds from one frame to the next

/** @param {import("../app.js").ViewProps} props */
export function Training({ model, look, go, width, still, live }) {
  const { course } = model.document;
  const film = course?.film;
  const last = film ? film.steps.length - 1 : 0;
  const [frame, setFrame] = useState(last);
  if (!course) {
    return html`<section><h2>Training</h2>${live?.has_trainer && html`<${TrainAgain} ...${{ live, go, look }} />`}<p>Nothing is known of how this network was trained: it does not come from a run.</p></section>`;
  }
  const { epochs } = course;
  return html`<section class="training">
    <h2>Training</h2>
    ${live?.has_trainer && html`<${TrainAgain} ...${{ live, go, look }} />`}
    <h3>The training of this run</h3>
    <div class="equals">
      <${Curve} title="loss" epochs=${epochs} names=${{ loss: "training", validation_loss: "validation" }} />
      <${Curve} title="accuracy" epochs=${epochs} names=${{ accuracy: "training", validation_accuracy: "validation" }} />
    </div>
    ${course.test && html`<p>On ${course.test.images.toLocaleString("en")} images that it had not seen: <b data-test="held-out">${percent(course.test.accuracy)}</b> right.</p>`}
    ${course.stopped && html`<p>It ended early: ${course.stopped}.</p>`}
    ${
      film
        ? html`<h3>The filters, step by step</h3>
        <${Transport} label="Frames" one="frame" first=${0} last=${last} at=${frame} pace=${PACE} still=${still} onPick=${setFrame}
          beside=${html`<span data-test="frame">after ${film.steps[frame]} of ${film.steps[last]} steps${soFar(film, frame)}</span>`} />
        <div class="equals"><${OwnFilter} ...${{ film, frame, go, address: look.address }} />
        ${Object.keys(film.weights).map((name) => html`<${Filters} ...${{ name, film, frame, go, width, address: look.address }} key=${name} />`)}</div>
        <p class="hint">All frames of a layer share one scale. A click selects a weight, and shows its filter large.</p>`
        : html`<p class="hint">This run has no film of its filters; runs that are trained with the command line have one.</p>`
    }
  </section>`;
}

/** How well the network did in the epoch until a frame.
 * @param {import("../document.js").Film} film @param {number} frame */
function soFar({ losses, accuracies }, frame) {
  const [loss, accuracy] = [losses[frame], accuracies[frame]];
  if (loss === null || accuracy === null) return "";
  return `; loss ${show(Number(loss))}, ${percent(Number(accuracy))} right in the epoch so far`;
}

/** All channels of all filters of a layer, at one frame. @param {any} props */
function Filters({ name, film, frame, go, width, address }) {
  const [{ maps, channels, filters, largest }] = useState(() => {
    const { shape, numbers } = decode(film.weights[name]);
    const [frames, filters, channels, height, width] = shape;
    return {
      maps: new Tensor([frames, filters * channels, height, width], numbers),
      channels,
      filters,
      largest: most([Array.from(numbers)]),
    };
  });
  const weight = (/** @type {number[]} */ [map, u, v]) => ({
    name,
    index: [Math.floor(map / channels), map % channels, u, v],
  });
  const pick = (/** @type {number[]} */ at) => go({ address: weight(at) });
  const [o, c, u, v] = address.index;
  const chosen = address.name === name ? [o * channels + c, u, v] : null;
  return html`<figure><figcaption><span class="letter w">W</span> ${name}: ${rowsOf(filters, channels)}</figcaption>
    <${Atlas} tensor=${maps} image=${frame} name=${name} role="w" chosen=${chosen} width=${Math.min(560, width - 20)} tall=${400} most=${largest} together=${channels}
      onPick=${pick} tell=${(/** @type {number[]} */ at) => write(weight(at))} /></figure>`;
}

/** The filter of the selected weight, large, with its numbers. @param {any} props */
function OwnFilter({ film, frame, go, address }) {
  const data = film.weights[address.name];
  const tensor = useMemo(() => data && decode(data), [data]);
  if (!tensor) return null;
  const [o, c, u, v] = address.index;
  return html`<figure><figcaption><span class="letter w">W</span> filter ${o}, channel ${c} of ${address.name}</figcaption>
    <${Grid} rows=${tensor.rows([frame, o, c])} name="the selected filter" role="w" width=${240} scale=${most([Array.from(tensor.numbers)])}
      frames=${[spot(u, v)]}
      onPick=${(/** @type {number} */ row, /** @type {number} */ column) => go({ address: { ...address, index: [o, c, row, column] } })} /></figure>`;
}

/** What lies in the rows of an atlas of filters. @param {number} filters @param {number} channels */
export function rowsOf(filters, channels) {
  if (channels === 1) return `${filters} filters of one channel`;
  return `${filters} filters of ${channels} channels; the channels of a filter lie side by side`;
}

/** One measure over the epochs. @param {any} props */
function Curve({ title, epochs, names }) {
  const lines = Object.entries(names)
    .map(([key, label]) => ({
      label,
      values: epochs.map((/** @type {any} */ epoch) =>
        epoch[key] === null ? NaN : Number(epoch[key]),
      ),
    }))
    .filter((line) => line.values.some(Number.isFinite));
  const all = lines.flatMap((line) => line.values).filter(Number.isFinite);
  if (!all.length) return null;
  const high = Math.max(...all);
  const low = title === "loss" ? 0 : Math.min(...all);
  const across = (/** @type {number} */ k) =>
    EDGE + (epochs.length > 1 ? k / (epochs.length - 1) : 0.5) * (WIDTH - 2 * EDGE);
  const up = (/** @type {number} */ value) =>
    HEIGHT - EDGE - ((value - low) / (high - low || 1)) * (HEIGHT - 1.6 * EDGE);
  const write = (/** @type {number} */ value) =>
    title === "accuracy" ? percent(value) : show(value, 3);
  const told = lines.map((line) => `${line.label} ${write(line.values.at(-1))}`).join(", ");
  return html`<figure><figcaption>${title}, epoch by epoch; at the end ${told}</figcaption>
    <svg class="course" width=${WIDTH} height=${HEIGHT} viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${`${title}: ${told}`}>
      <line class="axis" x1=${EDGE} x2=${WIDTH - EDGE} y1=${HEIGHT - EDGE} y2=${HEIGHT - EDGE} />
      <text class="tick" x=${EDGE - 4} y=${up(high) + 4} text-anchor="end">${write(high)}</text>
      <text class="tick" x=${EDGE - 4} y=${up(low) + 4} text-anchor="end">${write(low)}</text>
      <text class="tick" x=${across(0)} y=${HEIGHT - 14} text-anchor="middle">epoch 1</text>
      <text class="tick" x=${across(epochs.length - 1)} y=${HEIGHT - 14} text-anchor="middle">${epochs.length > 1 ? epochs.length : ""}</text>
      ${lines.map(
        (line, n) => html`<polyline class=${`line n${n}`} points=${line.values
          .flatMap((/** @type {number} */ value, /** @type {number} */ k) =>
            Number.isFinite(value) ? [`${across(k)},${up(value)}`] : [],
          )
          .join(" ")} />
        ${line.values.map((/** @type {number} */ value, /** @type {number} */ k) => Number.isFinite(value) && html`<circle class=${`point n${n}`} cx=${across(k)} cy=${up(value)} r="3" />`)}`,
      )}
    </svg>
    <ul class="key">${lines.map((line, n) => html`<li><span class=${`swatch n${n}`} /> ${line.label}</li>`)}</ul></figure>`;
}
