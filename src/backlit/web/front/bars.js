/** Parts of a sum as bars, one below the other; a click chooses one. */

import { html } from "./vendor/preact.js";
import { show } from "./numbers.js";

/** @typedef {{name: string, total: number, chosen: boolean, onPick: () => void}} Bar */

/** @param {{title: string, bars: Bar[], open: boolean}} props */
export function Bars({ title, bars, open }) {
  const largest = Math.max(...bars.map(({ total }) => Math.abs(total)), Number.MIN_VALUE);
  return html`<details class="by-image answer" open=${open}><summary>${title}</summary>
    <ol>${bars.map(
      ({ name, total, chosen, onPick }) => html`<li class=${chosen ? "chosen" : ""}>
      <button type="button" onClick=${onPick}>${name}</button>
      <span class="bar"><span class=${total < 0 ? "below" : "above"} style=${{ width: `${(100 * Math.abs(total)) / largest}%` }} /></span>
      <span class="value">${show(total)}</span></li>`,
    )}</ol></details>`;
}
