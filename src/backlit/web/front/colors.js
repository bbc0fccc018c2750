/** Numbers as colors: zero is the paper, below it blue, above it orange; told apart by every eye. */

const LIGHT = { paper: [255, 255, 255], below: [33, 102, 172], above: [201, 92, 10] };
const DARK = { paper: [22, 26, 32], below: [92, 164, 240], above: [255, 158, 64] };

/** A widget's own element, which says in data-theme whether it is light or dark; null on a page,
 * where the page says it. */
export const widget = { element: /** @type {HTMLElement | null} */ (null) };

/** Who says it. */
export function themed() {
  return widget.element ?? document.documentElement;
}

/** Whether the page is dark now. */
export function isDark() {
  const chosen = themed().dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/** A scale: from a number to its color.
 * @param {number} most the size that gets the full color
 * @returns {(value: number) => number[]} */
export function diverging(most) {
  const { paper, below, above } = isDark() ? DARK : LIGHT;
  return (value) => {
    if (!Number.isFinite(value)) return [128, 128, 128];
    const share = most > 0 ? Math.min(1, Math.abs(value) / most) ** 0.8 : 0;
    const end = value < 0 ? below : above;
    return paper.map((from, channel) => Math.round(from + (end[channel] - from) * share));
  };
}

/** A picture's own grays. @param {number} value @param {number} low @param {number} high */
export function gray(value, low, high) {
  const level = high > low ? Math.round((255 * (value - low)) / (high - low)) : 128;
  return [level, level, level];
}

/** @param {number[]} color */
export function css(color) {
  return `rgb(${color.join(" ")})`;
}

/** Black or white, whichever is read better on a color. @param {number[]} color */
export function ink([red, green, blue]) {
  const linear = [red, green, blue].map((part) => (part / 255) ** 2.2);
  const light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  return light > 0.18 ? "#101418" : "#ffffff";
}

/** The largest size among numbers, for a scale that several maps share. @param {number[][]} rows */
export function most(rows) {
  let found = 0;
  for (const row of rows) for (const value of row) found = Math.max(found, Math.abs(value) || 0);
  return found;
}
