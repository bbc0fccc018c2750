/** What a program printed: the last of it, since one without an end would fill the memory. */

export const MOST_LINES = 2000; // that are shown; more would make the page slow
const MOST_LETTERS = 5000; // of one line

/** @typedef {import("./python.js").Line} Line */

export class Printed {
  constructor() {
    /** @type {Line[]} */
    this.kept = [];
    this.count = 0;
  }

  /** @param {Line} line */
  add({ stream, line }) {
    this.count += 1;
    const cut = line.length > MOST_LETTERS;
    this.kept.push({ stream, line: cut ? `${line.slice(0, MOST_LETTERS)}…` : line });
    if (this.kept.length >= 2 * MOST_LINES) this.kept = this.lines; // not with every line
  }

  /** The last lines. */
  get lines() {
    return this.kept.slice(-MOST_LINES);
  }

  /** What is to be said of lines that are not shown; nothing if all are. */
  get missing() {
    return this.count > MOST_LINES
      ? `Only the last ${MOST_LINES.toLocaleString("en")} of ${this.count.toLocaleString("en")} lines are shown.`
      : "";
  }
}
