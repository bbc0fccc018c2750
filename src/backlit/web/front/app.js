/** The page: the network above, one view of one number below. */

import { html, render, useEffect, useRef, useState } from "./vendor/preact.js";
import { Model, ofImages, write } from "./model.js";
import { hash, read, useLook } from "./state.js";
import { themed } from "./colors.js";
import { percent, show } from "./numbers.js";
import { Filter } from "./views/filter.js";
import { Forward } from "./views/forward.js";
import { Matrix } from "./views/matrix.js";
import { Network } from "./views/network.js";
import { NumberView } from "./views/number.js";
import { Story } from "./views/story.js";
import { Update } from "./views/update.js";

/** @typedef {{model: Model, look: import("./state.js").Look, go: (change: any) => void,
 *   width: number, still: boolean}} ViewProps */

const VIEWS = {
  story: { label: "Story", view: Story, fits: isParameter },
  filter: { label: "Backward to the filter", view: Filter, fits: isFilter },
  forward: { label: "Forward", view: Forward, fits: isConvolved },
  number: { label: "Terms", view: NumberView, fits: () => true },
  update: { label: "Update", view: Update, fits: isParameter },
  matrix: {
    label: "As a matrix",
    view: Matrix,
    fits: (/** @type {any} */ a, /** @type {any} */ m) => isFilter(a, m) || isConvolved(a, m),
  },
};

/** @param {any} address */
function isParameter({ name }) {
  return /\.(weight|bias)$/.test(name);
}

/** @param {any} address @param {Model} model */
function isFilter(address, model) {
  return address.name.endsWith(".weight") && model.owner(address)?.kind === "Conv2d";
}

/** @param {any} address @param {Model} model */
function isConvolved(address, model) {
  return address.name.endsWith(".output") && model.owner(address)?.kind === "Conv2d";
}

/** Show a document in an element; gives back what lets a program look elsewhere.
 * @param {HTMLElement} root @param {any} document @param {any} [first] {address, image, view} */
export function mount(root, document, first = {}) {
  const model = new Model(document);
  const start = beginning(model, first);
  render(html`<${Page} model=${model} start=${start} />`, root);
  return { model, close: () => render(null, root) };
}

/** Where a page begins: the strongest weight of the first convolution, if nothing was asked for.
 * @param {Model} model @param {any} first */
function beginning(model, first) {
  const asked = first.address ? model.parse(first.address) : null;
  const convolution = model.nodes.find((/** @type {any} */ node) => node.kind === "Conv2d");
  const address =
    asked ??
    (convolution
      ? model.strongest(`${convolution.name}.weight.gradient`, null)
      : { name: "loss", index: [] });
  const plain = { ...address, name: address.name.replace(/\.gradient$/, "") };
  const image = first.image ?? (isParameter(plain) ? model.pulling(plain) : 0);
  return { address: plain, image, view: first.view ?? (isParameter(plain) ? "story" : "number") };
}

/** @param {{model: Model, start: any}} props */
function Page({ model, start }) {
  const { look, go } = useLook(model, start);
  const holder = useRef(null);
  const [width, setWidth] = useState(900);
  useEffect(() => {
    const element = /** @type {any} */ (holder.current);
    const watch = new ResizeObserver(([entry]) => setWidth(Math.floor(entry.contentRect.width)));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const [, redraw] = useState(0);
  useEffect(() => {
    const again = () => redraw((/** @type {number} */ count) => count + 1);
    const system = matchMedia("(prefers-color-scheme: dark)");
    addEventListener("themechange", again);
    system.addEventListener("change", again);
    return () => {
      removeEventListener("themechange", again);
      system.removeEventListener("change", again);
    };
  }, []);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const fitting = Object.entries(VIEWS).filter(([, each]) => each.fits(look.address, model));
  const chosen = fitting.find(([name]) => name === look.view) ?? fitting[0];
  const View = chosen[1].view;
  return html`<div class="backlit">
    <${Head} ...${{ model, look, go }} />
    <${Network} ...${{ model, look, go }} />
    <main ref=${holder}>
      <${Selected} ...${{ model, look, go }} />
      <div class="tabs" role="tablist" aria-label="Views">
        ${fitting.map(
          ([name, each]) => html`<button type="button" role="tab" id=${`tab-${name}`}
          aria-selected=${name === chosen[0]} aria-controls="view" onClick=${() => go({ view: name })}>${each.label}</button>`,
        )}
      </div>
      <div id="view" role="tabpanel" aria-labelledby=${`tab-${chosen[0]}`}>
        <${View} ...${{ model, look, go, width, still }} key=${chosen[0]} />
      </div>
    </main>
    <footer><p>Every number on this page was computed by the engine “${model.document.engine}” in ${model.document.dtype}; sums are added up again in the browser, and it is said how far they are apart.</p>
      <${Legend} /></footer>
  </div>`;
}

/** @param {any} props */
function Head({ model, look, go }) {
  const { labels, indices } = model.document;
  const image = look.image;
  const to = (/** @type {number} */ n) => {
    const { address } = look;
    const moved = ofImages(address.name)
      ? { ...address, index: [n, ...address.index.slice(1)] }
      : address;
    go({ image: n, address: moved });
  };
  return html`<header>
    <h1>${model.title}</h1>
    <label>image <select value=${image} onChange=${(/** @type {any} */ event) => to(Number(event.target.value))}>
      ${labels.map((/** @type {number} */ label, /** @type {number} */ n) => html`<option value=${n} selected=${n === image}>${indices[n]}: ${model.classes[label]}, ${percent(model.tensor("probability").at([n, label]))}</option>`)}
    </select></label>
    <${Theme} />
  </header>`;
}

/** @type {Record<string, string>} */
const NEXT = { "": "dark", dark: "light", light: "" };

/** Light, dark, or what the system says. */
function Theme() {
  const [theme, setTheme] = useState(themed.element.dataset.theme ?? "");
  const next = NEXT[theme];
  return html`<button type="button" class="theme" aria-label=${`colours: ${theme || "as the system"}; change`}
    onClick=${() => {
      if (next) themed.element.dataset.theme = next;
      else delete themed.element.dataset.theme;
      setTheme(next);
      dispatchEvent(new Event("themechange"));
    }}>${theme === "dark" ? "☾" : theme === "light" ? "☀" : "◐"}</button>`;
}

/** What is selected, and a field to go elsewhere. @param {any} props */
function Selected({ model, look, go }) {
  const written = write(look.address);
  const [wrong, setWrong] = useState(false);
  const submit = (/** @type {any} */ event) => {
    event.preventDefault();
    const text = event.target.elements.address.value;
    const address = model.parse(text);
    setWrong(!address);
    if (address) go({ address });
  };
  const slope = model.has(`${look.address.name}.gradient`)
    ? model.tensor(`${look.address.name}.gradient`).at(look.address.index)
    : null;
  return html`<form class="selected" onSubmit=${submit}>
    <label>number <input name="address" value=${written} key=${written} spellcheck="false" autocomplete="off" aria-invalid=${wrong} /></label>
    <span class="is">= <b data-test="value">${show(model.value(look.address), 6)}</b></span>
    ${slope !== null && html`<span class="is gradient">dL/d = <b data-test="gradient">${show(slope, 6)}</b></span>`}
    ${wrong && html`<span role="alert">There is no such number; write it like conv1.weight[0,0,1,2].</span>`}
  </form>`;
}

/** What the colours mean. */
function Legend() {
  return html`<ul class="legend">
    <li><span class="swatch x" /> input X</li><li><span class="swatch w" /> weights W</li><li><span class="swatch b" /> bias b</li>
    <li><span class="swatch y" /> output Y</li><li><span class="swatch error" /> error dL/dY, dL/dX</li><li><span class="swatch gradient" /> gradient dL/dW, products</li>
    <li class="scale"><span>−</span><span class="ramp" /><span>+</span> numbers: zero is the paper</li>
  </ul>`;
}

export { Model, hash, read };
