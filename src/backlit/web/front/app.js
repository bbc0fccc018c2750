/** The page: the network above, one view of one number below. */

import { html, render, useEffect, useRef, useState } from "./vendor/preact.js";
import { useLive } from "./live.js";
import { Model, isParameter, same, write } from "./model.js";
import { hash, read, tidy, useLook } from "./state.js";
import { Guess, Known } from "./guess.js";
import { keepSecret } from "./secret.js";
import { keep } from "./place.js";
import { Changed } from "./changed.js";
import { Head } from "./head.js";
import { Tabs } from "./pieces.js";
import { Question, Questions } from "./questions.js";
import { Legend, Selected } from "./selected.js";
import { bestView, firstWeight } from "./near.js";
import { VIEWS } from "./views.js";
import { Words } from "./words.js";
import { Network } from "./views/network.js";
import { thread } from "./thread.js";

/** @import { Edit, PageDocument } from "./document.js" */
/** @import { Address } from "./model.js" */
/** @import { Look, Options } from "./state.js" */
/** Where a page is to begin: what is left out, it chooses.
 * @typedef {{address?: string | null, image?: number | null, view?: string | null}} Opening */
/** How a program looks elsewhere.
 * @typedef {{go: Go, model: () => Model}} Handle */
/** @typedef {(change: Partial<Look>) => void} Go */
/** @typedef {import("./live.js").Live} Live */
/** @typedef {{model: Model, look: Look, go: Go,
 *   width: number, still: boolean, live: Live | null}} ViewProps */

/** Show a document in an element; gives back what lets a program look elsewhere.
 * @param {HTMLElement} root @param {PageDocument} document
 * @param {Opening} [opening] @param {Options} [options] */
export function mount(root, document, opening = {}, options = {}) {
  const start = beginning(new Model(document), opening);
  /** @type {Handle} */
  const handle = { go: () => {}, model: () => new Model(document) };
  render(html`<${Page} ...${{ document, start, options, handle }} />`, root);
  return {
    go: (/** @type {Partial<Look>} */ change) => handle.go(change),
    model: () => handle.model(),
    close: () => render(null, root),
  };
}

/** Where a page begins: the strongest weight of the first layer, if nothing was asked for.
 * @param {Model} model @param {Opening} opening @returns {Look} */
function beginning(model, opening) {
  const asked = opening.address ? model.parse(opening.address) : null;
  const address = asked ?? firstWeight(model) ?? { name: "loss", index: [] };
  const image = opening.image ?? (isParameter(address) ? model.pulling(address) : 0);
  const view = opening.view ?? (isParameter(address) ? "story" : bestView(address, model));
  return tidy({ address, image, view, detail: "" });
}

/** After a step to another view its beginning is seen, if it would not be.
 * @param {{current: any}} holder @param {string} place @param {boolean} may @param {boolean} still */
function useInSight(holder, place, may, still) {
  const before = useRef(place);
  useEffect(() => {
    if (before.current === place || !may) return;
    before.current = place;
    const heading = holder.current.querySelector(".view h2, .view .hint");
    const { top } = heading.getBoundingClientRect();
    if (top >= 0 && top < HIGH * innerHeight) return;
    const begins = holder.current.querySelector(".question, .tabs");
    begins.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
  }, [place]);
}

const HIGH = 0.6; // of the window: what begins further down is not seen well

/** @type {Record<string, string>} */
const ENGINES = { pure: "plain Python, ", fast: "compiled, " };

/** @param {{document: PageDocument, start: Look, options: Options, handle: Handle}} props */
function Page({ document: begun, start, options, handle }) {
  const [model, setModel] = useState(() => new Model(begun));
  const { look, go } = useLook(model, start, options);
  handle.go = go;
  handle.model = () => model;
  const { live, problem, busy } = useLive(model, setModel);
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
  // Who opens a question wants its answer, and is not asked one.
  const asked = quiz && known !== number && !look.question;
  keepSecret(model, asked ? look.address : null);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const view =
    Object.hasOwn(VIEWS, look.view) && VIEWS[look.view].fits(look.address, model)
      ? look.view
      : bestView(look.address, model);
  useEffect(() => {
    const isOwn = options.hash !== false && view !== look.view && !look.question;
    if (isOwn) keep(hash({ ...look, view }));
  }, [view, look]);
  useInSight(holder, `${view} ${look.question ?? ""}`, options.hash !== false, still);
  const { view: View, label, telling } = VIEWS[view];
  const standing = { model, address: look.address, image: look.image, weight: weight.current };
  const tabs = Object.entries(VIEWS).filter(([, each]) => each.near(standing));
  const [moved, setMoved] = useState(
    /** @type {{from: Address, to: Address, view: string} | null} */ (null),
  );
  const turn = (/** @type {string} */ to) => {
    const near = VIEWS[to].near(standing) ?? look.address;
    const stays = same(near, look.address);
    setMoved(stays ? null : { from: look.address, to: near, view: to });
    go(stays ? { view: to } : { view: to, address: near });
  };
  const skip = () => /** @type {any} */ (holder.current).querySelector("[name=address]").focus();
  return html`<div class="backlit">
    <button type="button" class="skip" onClick=${skip}>skip to the selected number</button>
    <${Head} ...${{ model, look, go, live, quiz, setQuiz }} />
    ${problem && html`<p role="alert">${problem}</p>`}
    ${model.document.note && html`<p class="note">${model.document.note}</p>`}
    ${busy && html`<p class="edited" role="status" aria-busy="true">Computing…${model.document.engine === "fast" && html` <small>(the first time, the code for such a batch is compiled, which takes seconds)</small>`}</p>`}
    <${Changed} ...${{ model, live }} />
    <${Network} ...${{ model, look, go, still, path: view === "story" ? thread(model, look).map(({ address }) => address) : [] }} />
    <main ref=${holder} class=${asked ? "quiz" : ""}>
      <${Questions} ...${{ model, look, go }} />
      <${Question} ...${{ model, look, go }} />
      <${Selected} ...${{ model, look, go, weight: weight.current }} />
      ${asked && html`<${Guess} ...${{ model, look, onEnd: () => setKnown(number) }} key=${number} />`}
      ${quiz && !asked && html`<${Known} ...${{ model, look }} />`}
      <${Tabs} label="Views" chosen=${view} onPick=${turn}
        items=${Object.fromEntries(tabs.map(([name, each]) => [name, each.label]))} />
      ${moved && moved.view === view && same(moved.to, look.address) && html`<p class="hint" role="status">This view does not show ${write(moved.from)}, so it went to a number nearby, ${write(moved.to)}.</p>`}
      <div class="view" role="tabpanel" aria-label=${label}>
        ${
          asked && telling
            ? html`<p class="hint">This view would tell the answer: find it in one of the others first.</p>`
            : html`<${View} ...${{ model, look: { ...look, view }, go, width, still, live }} key=${view} />`
        }
      </div>
    </main>
    <footer><p>Every number on this page was computed by backlit's engine “${model.document.engine}” (${ENGINES[model.document.engine] ?? ""}${model.document.dtype === "float64" ? "about 16 digits" : "about 7 digits"}). The browser adds the terms up again, and says how far its sum lies from the engine's.</p>
      <${Legend} /><${Words} /></footer>
  </div>`;
}

export { Model, hash, read };
