/** The line above everything: which image, which question, how it looks. */

import { html, useState } from "./vendor/preact.js";
import { themed } from "./colors.js";
import { ofImages } from "./model.js";
import { percent } from "./numbers.js";
import { isSecret } from "./secret.js";

/** @import { ViewProps } from "./app.js" */
/** @import { Live } from "./live.js" */
/** @import { Model } from "./model.js" */

/** @param {ViewProps & {quiz: boolean, setQuiz: (quiz: boolean) => void}} props */
export function Head({ model, look, go, live, quiz, setQuiz }) {
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
    <label title="number in the data set: true class, and p, the probability that the network gives it">image <select value=${image} onChange=${(/** @type {any} */ event) => to(Number(event.target.value))}>
      ${labels.map((/** @type {number} */ label, /** @type {number} */ n) => html`<option value=${n} selected=${n === image}>${indices[n]}: ${model.classes[label]} (p ${isSecret({ name: "probability", index: [n, label] }) ? "?" : equal(percent(model.tensor("probability").at([n, label])))})</option>`)}
    </select></label>
    ${live && html`<${Batch} ...${{ model, live }} />`}
    <button type="button" aria-pressed=${quiz} onClick=${() => setQuiz(!quiz)}>ask me first</button>
    <${Theme} />
  </header>`;
}

/** "= 3 %", but "< 0.1 %". @param {string} text */
function equal(text) {
  return /^[<>]/.test(text) ? text : `= ${text}`;
}

/** Which images of the run are looked at. @param {{model: Model, live: Live}} props */
function Batch({ model, live }) {
  const { indices } = model.document;
  const [first, last] = [indices[0], indices[indices.length - 1]];
  const to = (/** @type {number} */ at) =>
    live.also({ first: Math.max(0, Math.min(live.images - 1, at)), picture: undefined });
  return html`<span class="stepper" role="group" aria-label="batch">
    <button type="button" aria-label="the images before" disabled=${live.upcoming || first <= 0} onClick=${() => to(first - live.count)}>◀</button>
    <small>${live.drawn ? "your own picture" : live.upcoming ? "what the next step learns from" : `${first} to ${last} of ${live.images}`}</small>
    <button type="button" aria-label="the next images" disabled=${live.upcoming || last >= live.images - 1} onClick=${() => to(last + 1)}>▶</button></span>`;
}

/** @type {Record<string, string>} */
const NEXT = { "": "dark", dark: "light", light: "" };

/** Light, dark, or what the system says. */
function Theme() {
  const [theme, setTheme] = useState(themed().dataset.theme ?? "");
  const next = NEXT[theme];
  return html`<button type="button" class="theme" aria-label=${`colors: ${theme || "as the system"}; change`}
    onClick=${() => {
      if (next) themed().dataset.theme = next;
      else delete themed().dataset.theme;
      setTheme(next);
      dispatchEvent(new Event("themechange"));
    }}>${theme === "dark" ? "☾" : theme === "light" ? "☀" : "◐"}</button>`;
}
