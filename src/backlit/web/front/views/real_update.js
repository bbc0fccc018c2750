/** What the training's own optimizer makes of a gradient, and whether the loss agrees with it. */

import { html } from "../vendor/preact.js";
import { show } from "../numbers.js";

/** @import { UpdateReport } from "../document.js" */
/** @import { Live } from "../live.js" */
/** @import { Model } from "../model.js" */

/** The rule, line by line; nothing where it is plain gradient descent.  It is folded away but where
 * a step of the training is followed, since that takes it.
 * @param {{report: UpdateReport | null, live: Live | null, model: Model}} props */
export function RealUpdate({ report, live, model }) {
  const update = report?.update;
  const { edits = [], training } = model.document;
  const followed = Boolean(live?.upcoming) && training && !edits.length;
  if (followed && report?.frozen) {
    return html`<p data-test="rule">The training's next step leaves it as it is: its layer is frozen.</p>`;
  }
  if (!update || update.plain) return null;
  const result = show(Number(update.lines[update.lines.length - 1].value), 6);
  return html`<details class="rule" data-test="rule" open=${followed}>
    <summary>${followed ? "What the training's next step does" : "What the training's own rule would do with these images"}, ${update.optimizer.optimizer}${update.memory === "given" ? " with what it remembers of the steps before" : ""}: the new value is <b class="w">${result}</b></summary>
    ${update.lines.map(
      ({ symbol, equation, numbers, value, digits }) => html`<p class="equation-line">
      <code>${symbol} ← ${equation}</code> = ${numbers} = <b>${show(Number(value), digits)}</b></p>`,
    )}
    <p class="hint">${update.sentence} ${update.letters.join("; ")}.</p></details>`;
}

/** Turn the weight a little, and see what the loss really does. @param {{report: UpdateReport | null}} props */
export function Nudged({ report }) {
  if (!report) return null;
  const { nudge } = report;
  if (nudge.measured === undefined) return html`<p data-test="nudged">${nudge.sentence}</p>`;
  const [minus, plus] = [nudge.loss_minus, nudge.loss_plus].map(Number);
  const epsilon = nudge.epsilon ?? 0;
  return html`<div data-test="nudged">
    <p>Turn the weight up and down by ${epsilon}, run forward again, and see what the loss does:</p>
    <p class="equation-line">(${show(plus, 8)} − ${show(minus, 8)}) / ${2 * epsilon} = <b>${show(Number(nudge.measured), 6)}</b>; the gradient says <b>${show(Number(nudge.gradient), 6)}</b></p>
    <p>${nudge.sentence}</p></div>`;
}

/** That neither is known, and why. @param {{problem: string}} props */
export function Unknown({ problem }) {
  return html`<p role="alert">The training's own update and the nudge are not to be had: ${problem}</p>`;
}
