/** How numbers are written: four digits, a real minus, powers of ten only where they are needed. */

const SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A power of ten: 10⁻³. @param {number} exponent */
export function raised(exponent) {
  const digits = String(Math.abs(exponent)).replace(/\d/g, (digit) => SUPERSCRIPT[Number(digit)]);
  return `10${exponent < 0 ? "⁻" : ""}${digits}`;
}

/** The power of ten that the cells of a map have in common; 0 where they can do without.  Of 0.1 and
 * more two digits fit into a cell, so there is never a 10⁻¹.
 * @param {number} most the largest size among them */
export function power(most) {
  if (!(most > 0) || !Number.isFinite(most) || (most >= 0.1 && most < 1000)) return 0;
  return Math.floor(Math.log10(most));
}

/** A number for readers.  Which digits are shown is as in `equations/typeset/numbers.py`; a power of
 * ten is written 1.2·10⁻⁵ here and 1.2e−5 there.
 * @param {number} value @param {number} digits significant ones */
export function show(value, digits = 4) {
  if (Number.isNaN(value)) return "NaN";
  if (value === undefined) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  if (size >= 10 ** digits && size < 1e9) return sign + whole(size); // reads better than 1.078·10⁴
  const [first, exponent] = rounded(size, digits);
  if (exponent >= digits || exponent < -4) {
    return `${sign}${withPoint(first, 1)}·${raised(exponent)}`;
  }
  return sign + withPoint("0".repeat(Math.max(0, -exponent)) + first, Math.max(1, exponent + 1));
}

/** The first significant digits and the power of ten of the first one.  Half of the last digit goes
 * to the even one, as in Python; `toPrecision` rounds it up.
 * @param {number} size above 0 @param {number} digits @returns {[string, number]} */
function rounded(size, digits) {
  const [written, power] = size.toExponential(EXACT).split("e");
  const all = written.replace(".", "");
  const half = `5${"0".repeat(all.length - digits - 1)}`;
  let first = BigInt(all.slice(0, digits));
  const rest = all.slice(digits);
  if (rest > half || (rest === half && first % 2n === 1n)) first += 1n;
  const text = String(first);
  return text.length > digits ? [text.slice(0, digits), Number(power) + 1] : [text, Number(power)];
}

const EXACT = 60; // digits in which a tie cannot be missed: with so many it has only zeros behind

/** Half of a whole number goes to the even one. @param {number} size below 10⁹ */
function whole(size) {
  const below = Math.floor(size);
  const up = size - below > 0.5 || (size - below === 0.5 && below % 2 === 1);
  return String(up ? below + 1 : below);
}

/** Digits with a point behind so many of them, and without the zeros that say nothing.
 * @param {string} digits @param {number} before */
function withPoint(digits, before) {
  const rest = digits.slice(before).replace(/0+$/, "");
  return digits.slice(0, before) + (rest && `.${rest}`);
}

/** Short enough for a cell of a map: at most five characters. @param {number} value */
export function short(value) {
  if (!Number.isFinite(value)) return show(value);
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  if (size === 0) return "0";
  if (size >= 100) return sign + (size < 1e4 ? size.toFixed(0) : size.toExponential(0));
  if (size >= 10) return sign + size.toFixed(0);
  if (size >= 0.095) return sign + trimmed(size.toFixed(size >= 1 ? 1 : 2));
  if (size >= 0.0095) return sign + trimmed(size.toFixed(2));
  return "≈0";
}

/** @param {string} text */
function trimmed(text) {
  return text.replace(/^0\./, ".").replace(/\.?0+$/, "") || "0";
}

/** A total as the cells of the map beside it are written: " = 3.54 × 10⁻³"; nothing where they have no
 * power of ten in common. @param {number} value @param {number} exponent of the map */
export function inUnits(value, exponent) {
  if (!exponent || !Number.isFinite(value) || value === 0) return "";
  return ` = ${show(value / 10 ** exponent, 3)} × ${raised(exponent)}`;
}

/** With so many decimals, and without the 0 before the point. @param {number} value @param {number} decimals */
export function decimal(value, decimals) {
  if (!Number.isFinite(value)) return show(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  const fitting = Math.max(0, decimals - Math.max(0, Math.floor(Math.log10(size))));
  const text = size.toFixed(fitting);
  if (Number(text) === 0) return "≈0";
  return (value < 0 ? "−" : "") + text.replace(/^0\./, ".");
}

/** How many significant digits show that a number moved; four will do where that is no question.  It
 * is `_digits` of `explain/update_lines.py`.
 * @param {number} value @param {number} change */
export function digitsToShow(value, change) {
  if (!change || !Number.isFinite(change) || !Number.isFinite(value)) return 4;
  return Math.min(12, Math.max(4, 2 + Math.ceil(Math.log10(1 + Math.abs(value / change)))));
}

/** @param {number} value */
export function percent(value) {
  const share = 100 * value;
  if (share > 0 && share < 0.1) return "< 0.1 %";
  if (share < 100 && share > 99.9) return "> 99.9 %";
  return `${share.toFixed(1)} %`;
}

/** @param {number} count @param {string} noun @param {string} [plural] */
export function counted(count, noun, plural = `${noun}s`) {
  return `${count.toLocaleString("en")} ${count === 1 ? noun : plural}`;
}

/** "a, b and c". @param {string[]} names */
export function listing(names) {
  return [names.slice(0, -1).join(", "), ...names.slice(-1)].filter(Boolean).join(" and ");
}

/** 2nd, 3rd: of strides, so 1 to 99 will do. @param {number} count */
export function ordinal(count) {
  const ending = { 1: "st", 2: "nd", 3: "rd" }[count % 10];
  return `${count}${(Math.floor(count / 10) !== 1 && ending) || "th"}`;
}

/** Which rows and columns are taken, by their steps. @param {number} down @param {number} across */
export function everyOther(down, across) {
  const each = (/** @type {number} */ step) => (step === 1 ? "every" : `every ${ordinal(step)}`);
  if (down === across) return `${each(down)} row and column`;
  return `${each(down)} row and ${each(across)} column`;
}

/** A number behind a sign: negative ones in brackets. @param {number} value */
export function signed(value) {
  return value < 0 ? `(${show(value)})` : show(value);
}
