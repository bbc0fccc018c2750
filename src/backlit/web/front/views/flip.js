/** How much a number would have to change for an image to get another answer. */

import { html, useEffect, useState } from "../vendor/preact.js";
import { write } from "../model.js";
import { show } from "../numbers.js";

/** @import { Flip } from "../document.js" */

/** @param {Pick<import("../app.js").ViewProps, "model" | "look" | "live">} props */
export function FlipView({ model, look, live }) {
  const written = write(look.address);
  const { flip: known, command, course } = model.document;
  const here = known?.address === written && known.image === look.image ? known : null;
  const [found, setFound] = useState(/** @type {Flip | null} */ (live ? null : here));
  const [asked, setAsked] = useState(false);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    setFound(live ? null : here);
    setProblem("");
    if (!live || !asked) return undefined;
    const unwanted = new AbortController();
    live.flip(look.address, look.image, unwanted.signal).then(
      (answer) => !unwanted.signal.aborted && setFound(answer),
      (/** @type {Error} */ error) => !unwanted.signal.aborted && setProblem(error.message),
    );
    return () => unwanted.abort();
  }, [model, asked]);
  const label = Number(model.document.labels[look.image]);
  const right = model.taken(look.image) === label;
  const question = `How much would this number alone have to change to get this image ${right ? "wrong" : "right"}?`;
  if (problem) return html`<p role="alert">${problem}</p>`;
  if (found) {
    return html`<section class="flip"><h3>${question}</h3><p data-test="flip">${found.sentence}</p>
    ${live && typeof found.at === "number" && html`<p><button type="button" onClick=${() => live.edit(look.address, Number(found.at))}>Change it to ${show(found.at, 6)}, and compute everything anew</button></p>`}</section>`;
  }
  if (live) {
    return html`<p class="flip"><button type="button" aria-busy=${asked} disabled=${asked} onClick=${() => setAsked(true)}>${asked ? "Trying other values…" : question}</button></p>`;
  }
  return html`<section class="flip"><h3>${question}</h3><p class="hint">The engine finds out by trying other values: ${course ? html`<code>backlit explain RUN '${written}' --nudge</code>${command && html`, or <code>${command}</code>`}` : command ? html`<code>${command}</code>` : html`<code>trace["${written}"].flip()</code>`}.</p></section>`;
}
