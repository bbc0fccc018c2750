/** What the training's own optimizer makes of a gradient, and whether the loss agrees with it. */

import { html } from "../vendor/preact.js";
import { show } from "../numbers.js";
import { isPlain } from "../rule.js";

/** @import { Told } from "../document.js" */

/** The rule, line by line; nothing where it is plain gradient descent.
 * @param {{told: Told | null}} props */
export function RealUpdate({ told }) {
  const update = told?.update;
  if (!update || isPlain(update.optimizer)) return null;
  return html`<div class="rule" data-test="rule">
    <p>The training's own rule is ${update.optimizer.optimizer}${update.memory === "given" ? ", with what it remembers of the steps before" : ""}:</p>
    ${update.lines.map(
      ({ symbol, equation, numbers, value }) => html`<p class="equation-line">
      <code>${symbol} ← ${equation}</code> = ${numbers} = <b>${show(Number(value), 6)}</b></p>`,
    )}
    <p class="hint">${update.sentence} ${update.letters.join("; ")}.</p></div>`;
}

/** Turn the weight a little, and see what the loss really does. @param {{told: Told | null}} props */
export function Nudged({ told }) {
  if (!told) return null;
  const { nudge } = told;
  const [minus, plus] = [nudge.loss_minus, nudge.loss_plus].map(Number);
  return html`<div data-test="nudged">
    <p>Turn the weight up and down by ${nudge.epsilon}, run forward again, and see what the loss does:</p>
    <p class="equation-line">(${show(plus, 8)} − ${show(minus, 8)}) / ${2 * nudge.epsilon} = <b>${show(Number(nudge.measured), 6)}</b>; the gradient says <b>${show(Number(nudge.gradient), 6)}</b></p>
    <p>${nudge.sentence}</p></div>`;
}
