/** Back, play, on, and a slider: through positions, frames or steps, one after the other. */

import { html, useEffect, useRef, useState } from "./vendor/preact.js";

/**
 * @param {object} props
 * @param {string} props.label of what
 * @param {number} props.first @param {number} props.last
 * @param {number} props.at where it stands
 * @param {number} props.pace milliseconds from one to the next
 * @param {boolean} props.still whether movement is to be spared
 * @param {string} [props.one] what one of them is called
 * @param {string} props.beside what is said beside it
 * @param {(to: number) => void} props.onPick
 */
export function Transport({
  label,
  first,
  last,
  at,
  pace,
  still,
  beside,
  onPick,
  one = "position",
}) {
  const [playing, setPlaying] = useState(false);
  const latest = useRef(onPick); // whoever has chosen something meanwhile must not lose it
  latest.current = onPick;
  useEffect(() => {
    if (!playing) return undefined;
    const timer = setTimeout(
      () => (at < last ? latest.current(at + 1) : setPlaying(false)),
      still ? Math.max(pace, 600) : pace,
    );
    return () => clearTimeout(timer);
  }, [playing, at, last]);
  const play = () => {
    if (!playing && at >= last) onPick(first);
    setPlaying(!playing);
  };
  return html`<div class="transport" role="group" aria-label=${label}>
    <button type="button" aria-label=${`one ${one} back`} disabled=${at <= first} onClick=${() => onPick(at - 1)}>◀</button>
    <button type="button" onClick=${play}>${playing ? "pause" : "play"}</button>
    <button type="button" aria-label=${`one ${one} on`} disabled=${at >= last} onClick=${() => onPick(at + 1)}>▶</button>
    <input type="range" min=${first} max=${last} value=${at} aria-label=${one}
      onInput=${(/** @type {any} */ event) => onPick(Number(event.target.value))} />
    <span>${beside}</span>
  </div>`;
}
