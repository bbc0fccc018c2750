/** Where a network branches: an arc from each output that is read further on to who reads it. */

import { html, useEffect, useRef, useState } from "../vendor/preact.js";

/** @typedef {import("../model.js").Model} Model */
/** @typedef {{from: string, to: string}} Branch */

const LANE = 30; // pixels above the layers

/** The connections that skip layers, or begin a second path.
 * @param {Model} model @returns {Branch[]} */
export function branches(model) {
  const order = ["input", ...model.nodes.map((node) => node.name)];
  return model.nodes.flatMap((node, k) =>
    node.inputs.filter((from) => from !== order[k]).map((from) => ({ from, to: node.name })),
  );
}

/** The arcs, drawn over the list whose items carry the names of the layers.
 * @param {{found: Branch[], model: Model}} props */
export function Arcs({ found, model }) {
  const holder = useRef(null);
  const [places, setPlaces] = useState(/** @type {Record<string, number>} */ ({}));
  useEffect(() => {
    const strip = /** @type {any} */ (holder.current).parentElement;
    const items = [...strip.querySelectorAll("[data-layer]")];
    setPlaces(
      Object.fromEntries(
        items.map((each) => [each.dataset.layer, each.offsetLeft + each.offsetWidth / 2]),
      ),
    );
  }, [model]);
  const known = found.filter(({ from, to }) => from in places && to in places);
  const width = Math.max(0, ...Object.values(places)) + 20;
  const most = Math.max(1, ...known.map(({ from, to }) => places[to] - places[from]));
  return html`<svg class="arcs" ref=${holder} width=${width} height=${LANE} aria-hidden="true">
    ${known.map(({ from, to }) => {
      const [start, end] = [places[from] + 6, places[to] - 6];
      const top = LANE - 8 - (LANE - 10) * ((places[to] - places[from]) / most);
      return html`<path d=${`M${start} ${LANE} C${start} ${top} ${end} ${top} ${end} ${LANE - 5}`} />
        <path class="tip" d=${`M${end - 4} ${LANE - 7} l4 6 l4 -6 z`} />`;
    })}
  </svg>`;
}
