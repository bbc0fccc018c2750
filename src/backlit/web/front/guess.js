/** Predict, then reveal: what a number is the sum of is shown, and the sum is asked for. */

import { html, useState } from "./vendor/preact.js";
import { mistakeOf } from "./misguess.js";
import { isParameter, write } from "./model.js";
import { show } from "./numbers.js";
import { Form } from "./pieces.js";

const NEAR = 0.03; // how far a guess may be off, as a share: cells show two digits of a number

/** @param {number} guess @param {number} value */
function isNear(guess, value) {
  return Math.abs(guess - value) <= NEAR * Math.abs(value) + 1e-12;
}

/** @param {{model: import("./model.js").Model, look: import("./state.js").Look,
 *   onEnd: () => void}} props */
export function Guess({ model, look, onEnd }) {
  const [wrong, setWrong] = useState("");
  const { total, explained } = model.explain(look.address);
  const plain = explained === "value" || look.address.name.endsWith(".error");
  const what = plain
    ? "What does it come to"
    : isParameter(look.address)
      ? "What is its gradient"
      : "What is its error";
  const check = (/** @type {any} */ fields) => {
    const text = fields.guess.value.trim().replace(",", ".").replace("−", "-");
    const guess = Number(text);
    if (text === "" || !Number.isFinite(guess)) {
      setWrong("Write a number, such as -0.25.");
    } else if (isNear(guess, total)) {
      onEnd();
    } else {
      const sign = Math.sign(guess) === Math.sign(total) ? "the sign is right" : "look at the sign";
      setWrong(
        mistakeOf(model, look.address, guess, isNear) ??
          `Not yet: ${sign}. Add up the terms, and try again.`,
      );
    }
  };
  return html`<${Form} kind="guess" onEnter=${check}>
    <label>${what}, <code>${write(look.address)}</code>?
      ${" "}<input name="guess" inputmode="decimal" autocomplete="off" size="10" aria-invalid=${wrong !== ""} /></label> <small>within ${100 * NEAR} %</small>
    <button type="submit">check</button>
    <button type="button" onClick=${onEnd}>show me</button>
    ${wrong && html`<span role="alert">${wrong}</span>`}
  <//>`;
}

/** What is said once it is known. @param {{model: import("./model.js").Model,
 *   look: import("./state.js").Look}} props */
export function Known({ model, look }) {
  const { total } = model.explain(look.address);
  return html`<p class="guess" role="status"><span class="tick">✓</span> It is <b>${show(total, 6)}</b>. The terms are below; choose another number for the next question.</p>`;
}
