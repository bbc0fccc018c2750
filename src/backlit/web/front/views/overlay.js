/** How the error map lies over the input, for one weight of a filter.
 *
 *     error (i, j) meets input (i·s + u·d − p, j·s + v·d − p)
 */

import { placeOf } from "../axis.js";

/** @import { Windowed } from "../document.js" */

/** @typedef {ReturnType<typeof overlay>} Overlay */

/** @param {Windowed} node @param {number} u @param {number} v the weight's place in the filter
 * @param {number[][]} picture the input's map */
export function overlay(node, u, v, picture) {
  const [rows, columns] = node.window;
  const meets = (/** @type {number} */ i, /** @type {number} */ j) => [
    placeOf(rows, i, u),
    placeOf(columns, j, v),
  ];
  const [top, left] = meets(0, 0);
  const [height, width] = [
    (rows.output - 1) * rows.stride + 1,
    (columns.output - 1) * columns.stride + 1,
  ];
  const isMet = (/** @type {number} */ row, /** @type {number} */ column) =>
    row >= top &&
    column >= left &&
    row < top + height &&
    column < left + width &&
    (row - top) % rows.stride === 0 &&
    (column - left) % columns.stride === 0;
  return {
    meets,
    isMet,
    /** The position of the error that lies on an input, if one does. */
    position: (/** @type {number} */ row, /** @type {number} */ column) =>
      isMet(row, column)
        ? { row: (row - top) / rows.stride, column: (column - left) / columns.stride }
        : null,
    frame: { top, left, rows: height, columns: width, kind: "over" },
    padding: [
      Math.max(0, -top),
      Math.max(0, top + height - picture.length),
      Math.max(0, -left),
      Math.max(0, left + width - picture[0].length),
    ],
    strided: rows.stride > 1 || columns.stride > 1,
    steps: /** @type {[number, number]} */ ([rows.stride, columns.stride]),
  };
}
