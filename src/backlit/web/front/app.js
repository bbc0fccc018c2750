/** The page: the network above, one view of one number below. */

import { html, render, useEffect, useRef, useState } from "./vendor/preact.js";
import { useLive } from "./live.js";
import { Model, ofImages, write } from "./model.js";
import { hash, read, useLook } from "./state.js";
import { themed } from "./colors.js";
import { percent, show } from "./numbers.js";
import { Guess, Known } from "./guess.js";
import { QUESTIONS } from "./questions.js";
import { Filter } from "./views/filter.js";
import { Forward } from "./views/forward.js";
import { Matrix } from "./views/matrix.js";
import { Network } from "./views/network.js";
import { NumberView } from "./views/number.js";
import { Own } from "./views/own.js";
import { Story } from "./views/story.js";
import { Training } from "./views/training.js";
import { Update } from "./views/update.js";

/** @import { Edit, PageDocument } from "./document.js" */
/** @import { Address } from "./model.js" */
/** @import { Look, Options } from "./state.js" */
/** Where a page is to begin: what is left out, it chooses.
 * @typedef {{address?: string | null, image?: number | null, view?: string | null}} First */
/** How a program looks elsewhere.
 * @typedef {{go: Go, model: () => Model}} Handle */
/** @typedef {(change: Partial<Look>) => void} Go */
/** @typedef {import("./live.js").Live} Live */
/** @typedef {{model: Model, look: Look, go: Go,
 *   width: number, still: boolean, live: Live | null}} ViewProps */

/** @type {Record<string, {label: string, view: (props: ViewProps) => unknown,
 *   fits: (address: Address, model: Model) => boolean}>} */
const VIEWS = {
  story: { label: "Story", view: Story, fits: isParameter },
  filter: { label: "Backward to the filter", view: Filter, fits: isFilter },
  forward: { label: "Forward", view: Forward, fits: isConvolved },
  number: { label: "Terms", view: NumberView, fits: () => true },
  update: { label: "Update", view: Update, fits: isParameter },
  training: { label: "Training", view: Training, fits: () => true },
  own: { label: "Your own input", view: Own, fits: () => true },
  matrix: {
    label: "As a matrix",
    view: Matrix,
    fits: (address, model) => isFilter(address, model) || isConvolved(address, model),
  },
};

/** @param {Address} address */
function isParameter({ name }) {
  return /\.(weight|bias)$/.test(name);
}

/** @param {Address} address @param {Model} model */
function isFilter(address, model) {
  return address.name.endsWith(".weight") && model.owner(address)?.kind === "Conv2d";
}

/** @param {Address} address @param {Model} model */
function isConvolved(address, model) {
  return address.name.endsWith(".output") && model.owner(address)?.kind === "Conv2d";
}

/** Show a document in an element; gives back what lets a program look elsewhere.
 * @param {HTMLElement} root @param {PageDocument} document
 * @param {First} [first] @param {Options} [options] */
export function mount(root, document, first = {}, options = {}) {
  const start = beginning(new Model(document), first);
  /** @type {Handle} */
  const handle = { go: () => {}, model: () => new Model(document) };
  render(html`<${Page} ...${{ document, start, options, handle }} />`, root);
  return {
    go: (/** @type {Partial<Look>} */ change) => handle.go(change),
    model: () => handle.model(),
    close: () => render(null, root),
  };
}

/** Where a page begins: the strongest weight of the first convolution, if nothing was asked for.
 * @param {Model} model @param {First} first @returns {Look} */
function beginning(model, first) {
  const asked = first.address ? model.parse(first.address) : null;
  const convolution = model.nodes.find((node) => node.kind === "Conv2d");
  const address =
    asked ??
    (convolution
      ? model.strongest(`${convolution.name}.weight.gradient`, null)
      : { name: "loss", index: [] });
  const plain = { ...address, name: address.name.replace(/\.gradient$/, "") };
  const image = first.image ?? (isParameter(plain) ? model.pulling(plain) : 0);
  const view = first.view ?? (isParameter(plain) ? "story" : "number");
  return { address: plain, image, view, detail: "" };
}

/** @param {{document: PageDocument, start: Look, options: Options, handle: Handle}} props */
function Page({ document: begun, start, options, handle }) {
  const [model, setModel] = useState(() => new Model(begun));
  const { look, go } = useLook(model, start, options);
  handle.go = go;
  handle.model = () => model;
  const { live, problem } = useLive(model, setModel);
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
  const [quiz, setQuiz] = useState(false);
  const [known, setKnown] = useState(""); // the number whose sum was found out
  const number = write(look.address);
  const asked = quiz && known !== number;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const fitting = Object.entries(VIEWS).filter(([, each]) => each.fits(look.address, model));
  const chosen = fitting.find(([name]) => name === look.view) ?? fitting[0];
  const View = chosen[1].view;
  return html`<div class="backlit">
    <${Head} ...${{ model, look, go, live, quiz, setQuiz }} />
    ${problem && html`<p role="alert">${problem}</p>`}
    <${Edited} ...${{ model, live }} />
    <${Network} ...${{ model, look, go }} />
    <main ref=${holder} class=${asked ? "quiz" : ""}>
      <${Selected} ...${{ model, look, go }} />
      ${asked && html`<${Guess} ...${{ model, look, onEnd: () => setKnown(number) }} key=${number} />`}
      ${quiz && !asked && html`<${Known} ...${{ model, look }} />`}
      <div class="tabs" role="tablist" aria-label="Views">
        ${fitting.map(
          ([name, each]) => html`<button type="button" role="tab" id=${`tab-${name}`}
          aria-selected=${name === chosen[0]} aria-controls="view" onClick=${() => go({ view: name })}>${each.label}</button>`,
        )}
      </div>
      <div id="view" role="tabpanel" aria-labelledby=${`tab-${chosen[0]}`}>
        <${View} ...${{ model, look, go, width, still, live }} key=${chosen[0]} />
      </div>
    </main>
    <footer><p>Every number on this page was computed by the engine “${model.document.engine}” in ${model.document.dtype}; sums are added up again in the browser, and it is said how far they are apart.</p>
      <${Legend} /></footer>
  </div>`;
}

/** What was changed by hand is said, wherever one looks. @param {{model: Model, live: Live}} props */
function Edited({ model, live }) {
  const edits = model.document.edits ?? [];
  if (live && live.step !== null) {
    return html`<p class="edited" role="status">This is the network in training, as it was after step ${live.step}.
      ${" "}<button type="button" onClick=${() => live.show({})}>Back to the network of the run</button></p>`;
  }
  if (!edits.length) return null;
  const { address, value } = edits[edits.length - 1];
  return html`<p class="edited" role="status">Changed by hand: ${address} = ${show(value)}${edits.length > 1 ? ` and ${edits.length - 1} more` : ""}. All numbers on this page were computed with that.
    ${" "}<button type="button" onClick=${() => live.undo()}>Take it back</button></p>`;
}

/** @param {ViewProps & {quiz: boolean, setQuiz: (quiz: boolean) => void}} props */
function Head({ model, look, go, live, quiz, setQuiz }) {
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
    ${live && html`<${Batch} ...${{ model, live }} />`}
    <label>question <select value="" onChange=${(/** @type {any} */ event) => {
      const found = QUESTIONS.find((each) => each.slug === event.target.value)?.look(model);
      if (found) go(found);
      event.target.value = "";
    }}><option value="">…</option>
      ${QUESTIONS.filter((each) => each.look(model)).map((each) => html`<option value=${each.slug}>${each.question}</option>`)}
    </select></label>
    <button type="button" aria-pressed=${quiz} onClick=${() => setQuiz(!quiz)}>ask me first</button>
    <${Theme} />
  </header>`;
}

/** Which images of the run are looked at. @param {{model: Model, live: Live}} props */
function Batch({ model, live }) {
  const { indices } = model.document;
  const [first, last] = [indices[0], indices[indices.length - 1]];
  const to = (/** @type {number} */ at) =>
    live.show({ first: Math.max(0, Math.min(live.images - 1, at)), count: indices.length });
  return html`<span class="stepper" role="group" aria-label="batch">
    <button type="button" aria-label="the images before" disabled=${first <= 0} onClick=${() => to(first - indices.length)}>◀</button>
    <small>${first} to ${last} of ${live.images}</small>
    <button type="button" aria-label="the next images" disabled=${last >= live.images - 1} onClick=${() => to(last + 1)}>▶</button></span>`;
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

/** What is selected, and a field to go elsewhere. @param {ViewProps} props */
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
    <label>number <input name="address" defaultValue=${written} key=${written} spellcheck="false" autocomplete="off" aria-invalid=${wrong} /></label>
    <span class=${`is ${slope === null ? "answer" : ""}`}>= <b data-test="value">${show(model.value(look.address), 6)}</b></span>
    ${slope !== null && html`<span class="is gradient answer">dL/d = <b data-test="gradient">${show(slope, 6)}</b></span>`}
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
