/** What a check has found, with the page's own pictures of the first wrong number. */

import {
  html,
  useEffect,
  useErrorBoundary,
  useRef,
  useState,
} from "../../src/backlit/web/front/vendor/preact.js";
import { Model } from "../../src/backlit/web/front/model.js";
import { bestView } from "../../src/backlit/web/front/near.js";
import { Tabs } from "../../src/backlit/web/front/pieces.js";
import { Legend } from "../../src/backlit/web/front/selected.js";
import { tidy } from "../../src/backlit/web/front/state.js";
import { VIEWS } from "../../src/backlit/web/front/views.js";

/** Shows what is in it; a sentence instead if that fails, so that the page around it goes on.
 * @param {{instead: string, children?: any}} props the sentence */
function Guarded({ instead, children }) {
  const [problem] = useErrorBoundary();
  if (!problem) return children;
  return html`<p role="alert" class="note">${instead} The reason: ${String(problem)}.</p>`;
}

/** @typedef {(line: number) => void} GoTo shows a line of the program */

/** @param {{report: any, goTo: GoTo}} props what `playground.check` gave */
export function Findings({ report, goTo }) {
  return html`<${Guarded} instead="What was found cannot be shown."><${All} ...${{ report, goTo }} /><//>`;
}

/** @param {{report: any, goTo: GoTo}} props */
function All({ report, goTo }) {
  if (report.error) {
    return html`<p role="alert" class="note">${report.error} <${ToLine} text=${report.error} goTo=${goTo} /></p>
      <${Tell} words="Say at the end of the program what a function computes, and press Run:" code=${report.tell} />`;
  }
  return html`${report.grade && html`<${Grade} grade=${report.grade} />`}
    ${report.summary && html`<p data-test="summary"><b>${report.summary}.</b></p>`}
    ${report.findings.map((/** @type {any} */ finding) => html`<${Finding} finding=${finding} goTo=${goTo} />`)}
    ${
      report.not_checked &&
      html`<div data-test="not-checked"><${Tell} words=${`${report.not_checked}. This at the end of the program tells it, with Run:`} code=${report.tell} /></div>`
    }`;
}

/** A button that leads to the line of the program that a sentence names, if it names one.
 * @param {{text: string, goTo: GoTo}} props */
function ToLine({ text, goTo }) {
  const line = Number(/\bin line (\d+)/.exec(text)?.[1]);
  return line > 0 && html`<${LineButton} line=${line} goTo=${goTo} />`;
}

/** @param {{line: number, goTo: GoTo}} props */
export function LineButton({ line, goTo }) {
  return html`<button type="button" onClick=${() => goTo(line)}>go to line ${line}</button>`;
}

/** @param {{words: string, code: string}} props a program that tells what a function computes */
function Tell({ words, code }) {
  return (
    code && html`<p class="hint">${words}</p><pre class="tell python" tabindex="0">${code}</pre>`
  );
}

/** @param {{grade: any}} props of an exercise */
function Grade({ grade: { points, possible, remarks } }) {
  return html`<p data-test="grade">
    <b>${points} of ${possible} ${possible === 1 ? "point" : "points"}.</b>
    ${remarks.map((/** @type {string} */ each) => html` ${each}`)}
  </p>`;
}

/** The first wrong number, with both numbers marked. @param {{sentence: string}} props */
function FirstWrong({ sentence }) {
  const found = /^(.*) is (\S+) and should be (\S+)\.$/.exec(sentence);
  if (!found) return html`<p data-test="first">${sentence}</p>`;
  const [, which, yours, right] = found;
  return html`<p data-test="first">${which} is <b class="wrong">${yours}</b> and should be <b>${right}</b>.</p>`;
}

/** @param {{finding: any, goTo: GoTo}} props */
function Finding({ finding, goTo }) {
  const first = finding.first_wrong;
  return html`<article class="finding" data-verdict=${finding.verdict}>
    <h2><code>${finding.function}</code> <span class="verdict">${finding.mark}</span></h2>
    ${finding.sentence && html`<p data-test="sentence">${finding.sentence} <${ToLine} text=${finding.sentence} goTo=${goTo} /></p>`}
    ${finding.why && html`<p>${finding.why}</p>`}
    ${first?.index.length > 0 && first.sentence && html`<${FirstWrong} sentence=${first.sentence} />`}
    ${first?.made_of && html`<p>${unbroken(first.made_of)}</p>`}
    ${first?.terms.length > 0 && html`<ul>${first.terms.map((/** @type {string} */ each) => html`<li>${unbroken(each)}</li>`)}</ul>`}
    ${finding.equation && html`<p>What it computes instead:</p><pre class="equation" tabindex="0">${unbroken(finding.equation)}</pre>`}
    ${finding.equation_words && html`<p>${finding.equation_words}</p>`}
    ${finding.repeat && html`<p>This repeats it, at the end of the file:</p><pre tabindex="0">${finding.repeat}</pre>`}
    ${finding.loop && html`<details><summary>The loop that computes this number</summary><pre tabindex="0">${finding.loop}</pre></details>`}
    ${finding.view && html`<details class="pictures" open><summary>What the right number is made of</summary><${Guarded} instead="The pictures of this number cannot be shown."><${View} ...${finding.view} /><//></details>`}
    ${finding.page && html`<p><a href=${onSite(finding.page)}>The page that shows it</a></p>`}
    ${finding.remarks.map((/** @type {string} */ each) => html`<p class="hint">${each}</p>`)}
    ${
      finding.reading &&
      html`<details><summary>How it was read, and what was tried</summary>
      <p class="hint">${finding.reading}</p>
      ${finding.tried.length > 0 && html`<p class="hint">Tried with ${finding.tried.join("; ")}.</p>`}
      ${finding.not_taken.length > 0 && html`<p class="hint">Not tried, since the function takes none: ${finding.not_taken.join("; ")}.</p>`}
      <${Tell} words="Say otherwise at the end of the program, also with arguments=[…] or layout=…, and press Run:" code=${finding.tell} />
    </details>`
    }
  </article>`;
}

/** A formula whose lines end before an equals sign and not within a product. @param {string} text */
function unbroken(text) {
  return text.replace(/ ([·×]) /g, "\u00a0$1\u00a0").replace(/ (\S?=) /g, " $1\u00a0");
}

/** Where a page of the repository lies on the site. @param {string} page */
function onSite(page) {
  return page.replace(/^docs\//, "../").replace(/\.md(?=#|$)/, ".html");
}

// The views that need no network around the layer.
const ALONE = ["filter", "input", "forward", "number"];

/** One layer with a probe's numbers, at the first wrong one; a click goes on from there.
 * @param {{document: any, address: string}} props */
function View({ document, address }) {
  const [model] = useState(() => new Model(document));
  const begin = /** @type {any} */ (model.parse(address));
  const [look, setLook] = useState(() =>
    tidy({ address: begin, image: 0, view: bestView(begin, model), detail: "" }),
  );
  const holder = useRef(null);
  const [width, setWidth] = useState(600);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(Math.floor(entry.contentRect.width)));
    watch.observe(/** @type {any} */ (holder.current));
    return () => watch.disconnect();
  }, []);
  const go = (/** @type {any} */ change) =>
    setLook((old) => {
      const next = tidy({ ...old, detail: "", ...change });
      const fits = ALONE.includes(next.view) && VIEWS[next.view].fits(next.address, model);
      return fits ? next : { ...next, view: bestView(next.address, model) };
    });
  const standing = { model, address: look.address, image: look.image, weight: begin };
  const near = ALONE.filter((name) => VIEWS[name].near(standing));
  const { view: Shown, label } = VIEWS[look.view];
  const turn = (/** @type {string} */ to) =>
    go({ view: to, address: VIEWS[to].near(standing) ?? look.address });
  return html`<div ref=${holder}>
    <${Tabs} label="Views" chosen=${look.view} onPick=${turn}
      items=${Object.fromEntries(near.map((name) => [name, VIEWS[name].label]))} />
    <div class="view" role="tabpanel" aria-label=${label}>
      <${Shown} ...${{ model, look, go, width, still: true, live: null }} key=${look.view} />
    </div>
    <${Legend} />
  </div>`;
}
