/** How a window moves along one axis: the one place where its numbers are put together. */

/** @import { Axis } from "./document.js" */

/** Which input a weight of the window meets: i·s + u·d − p.
 * @param {Axis} axis @param {number} position i, in the output @param {number} [tap] u, in the window */
export function placeOf({ stride, dilation, before }, position, tap = 0) {
  return position * stride + tap * dilation - before;
}

/** How many inputs a window reaches over. @param {Pick<Axis, "dilation" | "kernel">} axis */
export function span({ dilation, kernel }) {
  return dilation * (kernel - 1) + 1;
}

/** The window of an output, as a frame over the input.
 * @param {[Axis, Axis]} axes @param {number} i @param {number} j */
export function windowAt([rows, columns], i, j) {
  const [top, left] = [placeOf(rows, i), placeOf(columns, j)];
  return { top, left, rows: span(rows), columns: span(columns), kind: "window" };
}
