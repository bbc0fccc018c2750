/** All maps of a layer side by side, drawn on one canvas; a click finds the number under it. */

import { html, useEffect, useRef, useState } from "./vendor/preact.js";
import { diverging, gray, isDark } from "./colors.js";
import { show } from "./numbers.js";
import { isSecret } from "./secret.js";

const TALL = 108; // pixels that the maps of a layer may be high, as far as one pixel a number allows

/** How the maps lie on the canvas.
 * @typedef {{channels: number, height: number, across: number, columns: number, unit: number,
 *   gap: number, size: number[], picture?: number[][] | null, color?: boolean, most?: number}} Form */

/**
 * @param {object} props
 * @param {import("./tensors.js").Tensor} props.tensor (N, C, H, W) or (N, K)
 * @param {number} props.image
 * @param {string} props.name what it shows
 * @param {string} props.role
 * @param {number[][] | null} [props.picture] of a picture what is black, and what is white, channel
 *   by channel: its own grays, or colors, are drawn
 * @param {number[] | null} props.chosen the index of the selected number, without the image
 * @param {number[][]} [props.path] more indices that are marked
 * @param {number} props.width pixels that it may take
 * @param {number} [props.tall] pixels that it may be high
 * @param {number} [props.together] so many maps that belong together stay in one row
 * @param {number} [props.most] the size that gets the full color; by default the largest there is
 * @param {(index: number[]) => void} props.onPick
 * @param {(index: number[]) => string} [props.tell] what a number is called
 */
export function Atlas(props) {
  const { tensor, image, name, role, picture, chosen, width, onPick, tall = TALL, most } = props;
  const tell = props.tell ?? ((/** @type {number[]} */ index) => `${name}[${[image, ...index]}]`);
  const canvas = useRef(null);
  const maps = tensor.shape.length === 4;
  const [all, height, across] = maps ? tensor.shape.slice(1) : [1, ...strip(tensor.shape[1])];
  const color = Boolean(picture) && all === 3;
  const channels = color ? 1 : all;
  const square = maps ? Math.max(1, Math.round(Math.sqrt((channels * height) / across))) : 1;
  const columns = abreast(square, props.together ?? 1);
  const lines = Math.ceil(channels / columns);
  const gap = maps && channels > 1 ? 3 : 1;
  const room = Math.floor(((maps ? width : width / 2) - gap) / columns - gap);
  const unit = Math.max(
    1,
    Math.min(maps ? 16 : 10, Math.floor(room / across), Math.floor(tall / (lines * height))),
  );
  const [tile, line] = [across * unit + gap, height * unit + gap];
  const size = [columns * tile + gap, lines * line + gap];
  const [pointed, setAt] = useState(/** @type {number[] | null} */ (null));
  const fits = pointed && pointed.every((each, axis) => each < tensor.shape[axis + 1]);
  const at = fits && pointed.length === tensor.shape.length - 1 ? pointed : null;
  const dark = isDark();

  useEffect(() => {
    const count = tensor.steps[0];
    const numbers = tensor.numbers.subarray(image * count, (image + 1) * count);
    draw(/** @type {any} */ (canvas.current), numbers, {
      channels,
      height,
      across,
      columns,
      unit,
      gap,
      size,
      picture,
      color,
      most,
    });
  }, [tensor, image, dark, width]);

  const place = (/** @type {PointerEvent} */ event) => {
    const box = /** @type {any} */ (canvas.current).getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * size[0] - gap;
    const y = ((event.clientY - box.top) / box.height) * size[1] - gap;
    const [column, row] = [Math.floor(x / tile), Math.floor(y / line)];
    const channel = row * columns + column;
    const inside = [
      channel,
      Math.floor((y - row * line) / unit),
      Math.floor((x - column * tile) / unit),
    ];
    if (x < 0 || y < 0 || column >= columns) return null;
    return settle(inside);
  };
  const settle = (/** @type {number[]} */ [channel, row, column]) => {
    if (!maps) {
      const k = row * across + column;
      return k < tensor.shape[1] && column < across ? [k] : null;
    }
    return channel < channels && row < height && column < across ? [channel, row, column] : null;
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    const from = at ?? chosen ?? tensor.shape.slice(1).map(() => 0);
    const to = [...from];
    const axis = to.length - 1;
    if (event.key === "ArrowRight") to[axis] += 1;
    else if (event.key === "ArrowLeft") to[axis] -= 1;
    else if (event.key === "ArrowDown") to[maps ? axis - 1 : axis] += 1;
    else if (event.key === "ArrowUp") to[maps ? axis - 1 : axis] -= 1;
    else if (event.key === "PageDown" && maps) to[0] += 1;
    else if (event.key === "PageUp" && maps) to[0] -= 1;
    else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      onPick(from);
      return;
    } else return;
    event.preventDefault();
    setAt(to.map((each, k) => Math.max(0, Math.min(tensor.shape[k + 1] - 1, each))));
  };
  const value =
    at && (isSecret({ name, index: [image, ...at] }) ? "?" : show(tensor.at([image, ...at])));
  const told = at && `${tell(at)} = ${value}`;
  const box = (/** @type {number[]} */ index, /** @type {string} */ kind) => {
    const [inner, row, column] = maps
      ? index
      : [0, Math.floor(index[0] / across), index[0] % across];
    const channel = color ? 0 : inner;
    const left = (channel % columns) * tile + gap + column * unit;
    const top = Math.floor(channel / columns) * line + gap + row * unit;
    return html`<span class=${`spot ${kind}`} style=${{ left: `${left}px`, top: `${top}px`, width: `${unit}px`, height: `${unit}px` }} />`;
  };
  return html`<div class=${`atlas ${role}`} style=${{ width: `${size[0]}px` }}>
    <canvas
      ref=${canvas} width=${size[0]} height=${size[1]} tabindex="0" role="application"
      aria-roledescription="maps of numbers" aria-label=${told ? `${name}; ${told}` : name}
      onPointerMove=${(/** @type {PointerEvent} */ event) => setAt(place(event))}
      onPointerLeave=${() => setAt(null)} onBlur=${() => setAt(null)} onKeyDown=${key}
      onClick=${(/** @type {PointerEvent} */ event) => {
        const index = place(event);
        if (index) onPick(index);
      }} />
    ${props.path?.map((each) => box(each, "chosen"))} ${chosen && box(chosen, "chosen")} ${at && box(at, "pointed")}
    ${told && html`<div class="bubble" aria-hidden="true">${told}</div>`}
  </div>`;
}

/** How many maps lie in a row: so many, but whole groups. @param {number} wanted @param {number} together */
export function abreast(wanted, together) {
  return together * Math.max(1, Math.round(wanted / together));
}

/** A row of numbers as a block that is about as wide as high. @param {number} count */
function strip(count) {
  const across = count <= 16 ? 1 : Math.ceil(Math.sqrt(count / 2));
  return [Math.ceil(count / across), across];
}

/** Each map is drawn with one pixel for a number, and then enlarged.
 * @param {HTMLCanvasElement} canvas @param {ArrayLike<number>} numbers @param {Form} form */
function draw(canvas, numbers, form) {
  const { channels, height, across, columns, unit, gap, size } = form;
  const pen = canvas.getContext("2d");
  const small = document.createElement("canvas");
  [small.width, small.height] = [across, height];
  const dots = small.getContext("2d");
  if (!pen || !dots) return;
  pen.clearRect(0, 0, size[0], size[1]);
  pen.imageSmoothingEnabled = false;
  const color = colored(numbers, form);
  const area = height * across;
  for (let channel = 0; channel < channels; channel += 1) {
    const image = dots.createImageData(across, height);
    const count = Math.min(area, numbers.length - channel * area);
    for (let place = 0; place < count; place += 1) {
      const [red, green, blue] = color(channel * area + place);
      image.data.set([red, green, blue, 255], 4 * place);
    }
    dots.putImageData(image, 0, 0);
    const left = (channel % columns) * (across * unit + gap) + gap;
    const top = Math.floor(channel / columns) * (height * unit + gap) + gap;
    pen.drawImage(small, left, top, across * unit, height * unit);
  }
}

/** The color of a number, by its place.
 * @param {ArrayLike<number>} numbers @param {Form} form @returns {(place: number) => number[]} */
function colored(numbers, { height, across, picture, color, most }) {
  const area = height * across;
  if (picture) {
    const [black, white] = picture;
    const shade = (/** @type {number} */ place) => {
      const channel = Math.floor(place / area);
      return gray(numbers[place], black[channel], white[channel]);
    };
    if (!color) return shade;
    return (place) => [0, area, 2 * area].map((step) => shade(place + step)[0]);
  }
  let largest = 0;
  for (let k = 0; k < numbers.length; k += 1) largest = Math.max(largest, Math.abs(numbers[k]));
  const scale = diverging(most ?? largest);
  return (place) => scale(numbers[place]);
}
