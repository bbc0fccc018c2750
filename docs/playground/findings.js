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
import { show } from "../../src/backlit/web/front/numbers.js";
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

/** @param {{report: any}} props what `playground.check` gave */
export function Findings({ report }) {
  return html`<${Guarded} instead="What was found cannot be shown."><${All} report=${report} /><//>`;
}

/** @param {{report: any}} props */
function All({ report }) {
  if (report.error) return html`<p role="alert" class="note">${report.error}</p>`;
  return html`${report.grade && html`<${Grade} grade=${report.grade} />`}${report.findings.map(
    (/** @type {any} */ finding) => html`<${Finding} finding=${finding} />`,
  )}`;
}

/** @param {{grade: any}} props of an exercise */
function Grade({ grade: { points, possible, blank } }) {
  return html`<p data-test="grade">
    <b>${points} of ${possible} ${possible === 1 ? "point" : "points"}.</b>
    ${blank.map((/** @type {string} */ name) => html` <code>${name}</code> is as it was: write your code where it says “... # your code”.`)}
  </p>`;
}

/** @type {Record<string, string>} */
const VERDICTS = {
  right: "right",
  wrong: "wrong",
  failed: "could not be tried",
  unknown: "not understood",
};

/** @param {{finding: any}} props */
function Finding({ finding }) {
  const first = finding.first_wrong;
  const indices = first?.index.length > 0;
  return html`<article class="finding" data-verdict=${finding.verdict}>
    <h2><code>${finding.function}</code> <span class="verdict">${VERDICTS[finding.verdict]}</span></h2>
    ${finding.sentence && html`<p data-test="sentence">${finding.sentence}</p>`}
    ${finding.why && html`<p>${finding.why}</p>`}
    ${
      indices &&
      first.yours !== null &&
      html`<p data-test="first">The first wrong number, with ${first.options}:${" "}
      <code>${first.element}</code> is <b class="wrong">${show(first.yours, 6)}</b> and should be <b>${show(first.right, 6)}</b>.</p>`
    }
    ${first?.made_of && html`<p>${first.made_of}</p>`}
    ${first?.terms.length > 0 && html`<ul>${first.terms.map((/** @type {string} */ each) => html`<li>${each}</li>`)}</ul>`}
    ${finding.equation && html`<p>What it computes instead:</p><pre tabindex="0">${finding.equation}</pre>`}
    ${finding.equation_words && html`<p>${finding.equation_words}</p>`}
    ${finding.repeat && html`<p>This repeats it, at the end of the file:</p><pre tabindex="0">${finding.repeat}</pre>`}
    ${finding.loop && html`<details><summary>The loop that computes this number</summary><pre tabindex="0">${finding.loop}</pre></details>`}
    ${finding.view && html`<details class="pictures" open><summary>What the right number is made of</summary><${Guarded} instead="The pictures of this number cannot be shown."><${View} ...${finding.view} /><//></details>`}
    ${finding.page && html`<p><a href=${onSite(finding.page)}>The page that shows it</a></p>`}
    ${finding.remarks.map((/** @type {string} */ each) => html`<p class="hint">${each}</p>`)}
    <details><summary>How it was read, and what was tried</summary>
      <p class="hint">${finding.reading}</p>
      ${finding.tried.length > 0 && html`<p class="hint">Tried with ${finding.tried.join("; ")}.</p>`}
      ${finding.not_taken.length > 0 && html`<p class="hint">Not tried, since the function takes none: ${finding.not_taken.join("; ")}.</p>`}
    </details>
  </article>`;
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
