/** From the loss back to one weight: the strongest thread, step by step, and the update. */

import { html, useState } from "../vendor/preact.js";
import { ownerOf, places, write } from "../model.js";
import { percent, show, signed } from "../numbers.js";
import { Link } from "../pieces.js";
import { rateOf, rateWords, ruleOf } from "../rule.js";
import { thread } from "../thread.js";
import { useUpdateReport } from "../update_report.js";
import { Nudged, RealUpdate, Unknown } from "./real_update.js";
import { Step } from "./story_step.js";

/** @import { Go } from "../app.js" */
/** @import { UpdateReport } from "../document.js" */
/** @import { Model } from "../model.js" */
/** @import { ThreadStep } from "../thread.js" */

/** @param {import("../app.js").ViewProps} props */
export function Story({ model, look, go, live }) {
  const [unfolded, setUnfolded] = useState(false); // at first the whole way is seen
  const { report, problem } = useUpdateReport(model, live, look.address);
  const steps = thread(model, look);
  const [last] = steps;
  const truth = model.document.labels[look.image];
  const p = model.tensor("probability").at([look.image, truth]);
  const backward = [...steps].reverse();
  const layer = ownerOf(look.address.name);
  return html`<section class="story">
    <h2>How the error came to <code>${write(look.address)}</code></h2>
    <p class="hint">The error of a number is dL/d of it: how fast the loss L grows with that number. <code>${layer}.error</code> are the errors of what <code>${layer}</code> puts out. The story follows the error of image ${model.document.indices[look.image]} from the loss back to ${withPlaces(look.address)}.</p>
    <p class="hint">The thread was chosen from its end: the strongest use of the weight in this image, then the strongest source of the error there, and so on back to a score. How many other terms there are, and what all add up to, is said at every step.</p>
    <p><button type="button" aria-expanded=${unfolded} onClick=${() => setUnfolded(!unfolded)}>${unfolded ? "Fold all steps" : "Open all steps"}</button></p>
    <ol class="steps">
      <li><h3>The loss</h3><p>The picture is a <b>${model.classes[truth]}</b>, and the network gave that class ${percent(p)}.${" "}
        ${p > 0 && html`Its loss is −ln p = −ln ${show(p)} = ${show(-Math.log(p))}: small where p is near 1. `}${
          model.images > 1
            ? html`The loss L of the batch is the mean over its ${model.images} images, <${Link} address=${LOSS} label="" ...${{ model, go }} />.`
            : html`With one image in the batch that is the loss L, <${Link} address=${LOSS} label="" ...${{ model, go }} />.`
        }</p></li>
      ${backward.map((step) => html`<${Step} ...${{ model, look, go, step, unfolded }} key=${write(step.address)} />`)}
      <${Change} ...${{ model, go, last, report, live }} />
      ${report && html`<li class="update"><h3>Is it true? The nudge</h3><${Nudged} report=${report} /></li>`}
      ${problem && html`<li class="update"><${Unknown} problem=${problem} /></li>`}
    </ol>
  </section>`;
}

const LOSS = { name: "loss", index: [] };

/** @param {import("../model.js").Address} address */
function withPlaces(address) {
  return html`<code>${write(address)}</code> (${places(address)})`;
}

/** What gradient descent makes of it.
 * @param {{model: Model, go: Go, last: ThreadStep, report: UpdateReport | null,
 *   live: import("../app.js").Live | null}} props */
function Change({ model, go, last, report, live }) {
  const { value, gradient } = last.explanation;
  const rate = rateOf(model);
  const slope = gradient ?? 0;
  return html`<li class="update"><h3>The update</h3>
    <p>Gradient descent takes a step against the gradient: W ← W − η · dW. With η = ${show(rate)}${rateWords(model)}:</p>
    <p class="equation-line">${show(value)} − ${show(rate)} · ${signed(slope)} = <b class="w">${show(value - rate * slope)}</b></p>
    <p>${ruleOf(model)}</p><${RealUpdate} ...${{ report, live, model }} />
    <p><button type="button" onClick=${() => go({ view: "update" })}>See the whole filter</button></p></li>`;
}
