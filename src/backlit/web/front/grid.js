/** A map of numbers, cell by cell: the one picture that all views are made of. */

import { html, useRef, useState } from "./vendor/preact.js";
import { css, diverging, gray, ink, most } from "./colors.js";
import { power, raised, short, show } from "./numbers.js";

/** @typedef {{row: number, column: number}} Cell */
/** @typedef {{top: number, left: number, rows: number, columns: number, kind: string}} Frame */

/** Rows and columns that a key goes on. @type {Record<string, number[]>} */
export const STEPS = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/**
 * @param {object} props
 * @param {number[][]} props.rows the numbers
 * @param {string} props.name for those who do not see it
 * @param {string} [props.role] whose hue the frame has: x, w, b, y, error, gradient
 * @param {number} [props.scale] the size that gets the full color
 * @param {[number, number] | null} [props.picture] darkest and lightest number, drawn as gray
 * @param {number} [props.width] pixels that it may take
 * @param {number[]} [props.padding] rows above and below, columns left and right, of zeros outside
 * @param {Frame[]} [props.frames] rectangles drawn around cells
 * @param {(row: number, column: number) => string} [props.mark] a class for a cell
 * @param {(row: number, column: number) => void} [props.onPick] a click, or Enter
 * @param {(cell: Cell | null) => void} [props.onPoint] the pointer, or the keyboard, is at a cell
 * @param {(row: number, column: number) => string} [props.tell] what a cell is called
 * @param {number} [props.exponent] the power of ten of maps that are compared, where there are several
 * @param {string} [props.note] what is said below it
 * @param {(value: number) => string} [props.write] how a number is written in its cell
 */
export function Grid(props) {
  const { rows, name, role = "", width = 320, padding = [0, 0, 0, 0], frames = [] } = props;
  const [above, below, left, right] = padding;
  const height = rows.length;
  const across = rows[0]?.length ?? 0;
  const scale = props.scale ?? most(rows);
  const size = Math.max(3, Math.min(46, Math.floor(width / Math.max(1, across + left + right))));
  const full = [size * (across + left + right), size * (height + above + below)];
  const factor = props.write ? 0 : (props.exponent ?? power(most(rows)));
  const written = props.write ?? ((/** @type {number} */ value) => short(value / 10 ** factor));
  const longest = props.write ? Math.max(0, ...rows.flat().map((each) => written(each).length)) : 0;
  const letters = Math.min(13, size * 0.36, (size - 4) / (0.64 * longest)); // a digit is 0.64 em wide
  const [pointed, setAt] = useState(/** @type {Cell | null} */ (null));
  // The map may have become another one since.
  const at = pointed && rows[pointed.row]?.[pointed.column] !== undefined ? pointed : null;
  const holder = useRef(null);

  const point = (/** @type {Cell | null} */ cell) => {
    setAt(cell);
    props.onPoint?.(cell);
  };
  const cellOf = (/** @type {PointerEvent} */ event) => {
    const box = /** @type {any} */ (holder.current).getBoundingClientRect();
    const column =
      Math.floor(((event.clientX - box.left) / box.width) * (across + left + right)) - left;
    const row =
      Math.floor(((event.clientY - box.top) / box.height) * (height + above + below)) - above;
    return row >= 0 && row < height && column >= 0 && column < rows[row].length
      ? { row, column }
      : null;
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    const step = STEPS[event.key];
    if (step) {
      event.preventDefault();
      const [down, aside] = at ? step : [0, 0]; // the first key goes to the first cell
      const row = within((at?.row ?? 0) + down, height);
      point({ row, column: within((at?.column ?? 0) + aside, rows[row].length) });
    } else if ((event.key === "Enter" || event.key === " ") && at && props.onPick) {
      event.preventDefault();
      props.onPick(at.row, at.column);
    }
  };
  const tell = (/** @type {number} */ row, /** @type {number} */ column) =>
    `${props.tell?.(row, column) ?? `row ${row}, column ${column}`}: ${show(rows[row][column])}`;

  const colored = diverging(scale);
  const cells = [];
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < rows[row].length; column += 1) {
      const value = rows[row][column];
      const color = props.picture ? gray(value, ...props.picture) : colored(value);
      const [x, y] = [(column + left) * size, (row + above) * size];
      const mark = props.mark?.(row, column) ?? "";
      cells.push(html`<rect
        class=${`cell ${mark}`}
        x=${x} y=${y} width=${size} height=${size} fill=${css(color)}
        data-row=${row} data-column=${column} data-value=${value} />`);
      if (size >= 27) {
        cells.push(html`<text class=${mark} x=${x + size / 2} y=${y + size / 2} fill=${ink(color)}
          font-size=${letters}>${written(value)}</text>`);
      }
    }
  }
  const rectangle = (/** @type {Frame} */ frame) => html`<rect
    class=${`frame ${frame.kind}`}
    x=${(frame.left + left) * size + 1} y=${(frame.top + above) * size + 1}
    width=${frame.columns * size - 2} height=${frame.rows * size - 2} />`;
  const scaled = factor && size >= 27 ? `numbers × ${raised(factor)}` : "";
  const idle = [scaled, size >= 27 && props.note].filter(Boolean).join("; ") || "\u00a0";
  const label = at ? tell(at.row, at.column) : "";
  return html`<div class=${`grid ${role}`}>
    <svg
      ref=${holder} role="application" aria-roledescription="map of numbers"
      aria-label=${`${name}, ${height} rows, ${across} columns${label ? `; ${label}` : ""}`}
      tabindex="0" width=${full[0]} height=${full[1]} viewBox=${`0 0 ${full.join(" ")}`}
      class=${props.onPick ? "pickable" : ""}
      onPointerMove=${(/** @type {PointerEvent} */ event) => point(cellOf(event))}
      onPointerLeave=${() => point(null)} onBlur=${() => point(null)} onKeyDown=${key}
      onClick=${(/** @type {PointerEvent} */ event) => {
        const cell = event.detail > 1 ? null : cellOf(event); // a double-click is one click
        if (cell && props.onPick) props.onPick(cell.row, cell.column);
      }}>
      ${
        above + below + left + right > 0 &&
        html`<rect class="padding" x="0" y="0" width=${full[0]} height=${full[1]} />`
      }
      ${cells}
      <rect class="edge" x=${left * size} y=${above * size} width=${across * size} height=${height * size} />
      ${frames.map(rectangle)}
      ${at && rectangle({ top: at.row, left: at.column, rows: 1, columns: 1, kind: "pointer" })}
    </svg>
    <div class="told" aria-hidden="true">${label || idle}</div>
  </div>`;
}

/** A frame around one cell. @param {number} row @param {number} column @returns {Frame} */
export function spot(row, column) {
  return { top: row, left: column, rows: 1, columns: 1, kind: "term" };
}

/** Pixels for each of some maps in a row; on a narrow page they stand below each other.
 * @param {number} width of the page @param {number} count @param {number} most */
export function share(width, count, most) {
  const room = width < NARROW ? Math.min(SMALL, width - 12) : (width - 40 * count) / count;
  return Math.max(120, Math.min(most, Math.floor(room)));
}

const NARROW = 600; // pixels, as in styles/narrow.css
const SMALL = 250; // pixels of a map there, so that error, input and product are seen together

/** The nearest of the places 0 to count − 1. @param {number} value @param {number} count */
export function within(value, count) {
  return Math.max(0, Math.min(count - 1, value));
}
