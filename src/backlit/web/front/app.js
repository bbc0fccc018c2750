/** The page: the network above, one view of one number below. */

import { html, render, useEffect, useRef, useState } from "./vendor/preact.js";
import { useLive } from "./live.js";
import { Model, isParameter, write } from "./model.js";
import { hash, read, tidy, useLook } from "./state.js";
import { show } from "./numbers.js";
import { Guess, Known } from "./guess.js";
import { Head } from "./head.js";
import { Tabs } from "./pieces.js";
import { Question } from "./questions.js";
import { Legend, Selected } from "./selected.js";
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
  training: { label: "Training", view: Training, fits: comesFromRun },
  own: { label: "Your own input", view: Own, fits: comesFromRun },
  matrix: {
    label: "As a matrix",
    view: Matrix,
    fits: (address, model) => isFilter(address, model) || isConvolved(address, model),
  },
};

const TELLING = new Set(["story", "update"]); // views that are made of the answer

/** @param {Address} _address @param {Model} model */
function comesFromRun(_address, model) {
  return Boolean(model.document.course || model.document.live);
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
  return tidy({ address: plain, image, view, detail: "" });
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
  const weight = useRef(isParameter(look.address) ? look.address : start.address);
  if (isParameter(look.address)) weight.current = look.address;
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
      <${Question} ...${{ model, look, go }} />
      <${Selected} ...${{ model, look, go, weight: weight.current }} />
      ${asked && html`<${Guess} ...${{ model, look, onEnd: () => setKnown(number) }} key=${number} />`}
      ${quiz && !asked && html`<${Known} ...${{ model, look }} />`}
      <${Tabs} label="Views" chosen=${chosen[0]} onPick=${(/** @type {string} */ view) => go({ view })}
        items=${Object.fromEntries(fitting.map(([name, each]) => [name, each.label]))} />
      <div class="view" role="tabpanel" aria-label=${chosen[1].label}>
        ${
          asked && TELLING.has(chosen[0])
            ? html`<p class="hint">This view would tell the answer: find it in one of the others first.</p>`
            : html`<${View} ...${{ model, look, go, width, still, live }} key=${chosen[0]} />`
        }
      </div>
    </main>
    <footer><p>Every number on this page was computed by the engine “${model.document.engine}” in ${model.document.dtype}; sums are added up again in the browser, and it is said how far they are apart.</p>
      <${Legend} /></footer>
  </div>`;
}

/** What was changed by hand is said, wherever one looks. @param {{model: Model, live: Live}} props */
function Edited({ model, live }) {
  const edits = model.document.edits ?? [];
  const last = edits[edits.length - 1];
  return html`
    ${
      live &&
      live.step !== null &&
      html`<p class="edited" role="status">This is the network in training, as it was after step ${live.step}.
      ${" "}<button type="button" onClick=${() => live.also({ trained: undefined })}>Back to the network of the run</button></p>`
    }
    ${
      last &&
      html`<p class="edited" role="status">Changed by hand: ${last.address} = ${show(last.value)}${edits.length > 1 ? ` and ${edits.length - 1} more` : ""}. All numbers on this page were computed with that.
      ${" "}<button type="button" onClick=${() => live.undo()}>Take it back</button></p>`
    }`;
}

export { Model, hash, read };
