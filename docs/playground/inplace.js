/** The examples of a page can be changed and run where they stand.
 *
 * The names that an example makes are known to those below it, so before one is run, those above it
 * are, as they are written now.
 */

import { Printed } from "./printed.js";
import { Python } from "./python.js";

// What Python in the browser can import: the standard library, and the rooms of backlit that need
// no more.  A page's examples can be run up to the first one that imports something else.
const ELSEWHERE =
  /^\s*(?:import\s+(?:numpy|matplotlib|torch|backlit(?!\.))|from\s+(?:numpy|matplotlib|torch)\b|from\s+backlit\s+import\s+(?!(?:equations|pure)\b))|^\s*\$ |\bbl\./m;

/** @typedef {{text: () => string, output: HTMLElement | null, place: HTMLElement}} Example */

const python = new Python();

for (const example of runnable()) offer(example);

/** The examples that can be run, from the top of the page. @returns {Example[]} */
function runnable() {
  /** @type {Example[]} */
  const found = [];
  for (const block of document.querySelectorAll("div.highlight-python")) {
    const code = block.textContent ?? "";
    if (ELSEWHERE.test(code)) break;
    const place = /** @type {HTMLElement} */ (block);
    const next = place.nextElementSibling;
    const output = next?.matches("div.highlight-text") ? next : null;
    // The source of the book, which pages quote, is read and not run.
    if (/^(?:@|def |class )/m.test(code) && !output) continue;
    const text = code.replace(/\n$/, "");
    found.push({ text: () => text, output: /** @type {any} */ (output), place });
  }
  const all = found;
  return all.map((each, k) => Object.assign(each, { above: all.slice(0, k) }));
}

/** @param {any} example with those above it */
function offer(example) {
  const bar = element("p", "backlit-run");
  const open = button("Run and change", bar);
  example.place.append(bar);
  open.addEventListener("click", async () => {
    open.disabled = true;
    python.start();
    const { editor } = await import("./editor.js");
    const holder = element("div", "backlit-editor");
    const original = example.text();
    example.place.querySelector(".highlight").replaceWith(holder);
    const run = () => runIt(example, go, stop);
    const edited = editor(holder, original, { label: "the example", onRun: run });
    example.text = edited.text;
    open.remove();
    const go = button("Run", bar);
    go.title = "Ctrl+Enter";
    go.addEventListener("click", run);
    const stop = button("Stop", bar);
    stop.hidden = true;
    stop.addEventListener("click", () => python.stop());
    button("as it was", bar).addEventListener("click", () => edited.write(original));
    run();
  });
}

/** @param {any} example @param {HTMLButtonElement} go @param {HTMLButtonElement} stop */
async function runIt(example, go, stop) {
  if (python.waiting) return;
  const output = (example.output ??= added(example.place));
  const target = output.querySelector("pre");
  go.disabled = true;
  stop.hidden = false;
  target.textContent = "…";
  output.setAttribute("aria-busy", "true");
  const kept = new Printed();
  const printed = () =>
    (kept.missing && `${kept.missing}\n`) + kept.lines.map(({ line }) => `${line}\n`).join("");
  let drawn = true;
  try {
    const before = example.above.map((/** @type {Example} */ each) => each.text()).join("\n");
    const given = { code: example.text(), before, name: "this example" };
    await python.ask("run", given, (line) => {
      kept.add(line);
      if (!drawn) return;
      drawn = false; // once a frame is often enough
      requestAnimationFrame(() => {
        drawn = true;
        if (!stop.hidden) target.textContent = printed();
      });
    });
    target.textContent = printed() || "(it printed nothing)";
  } catch (problem) {
    target.textContent = `${printed()}${problem instanceof Error ? problem.message : problem}`;
  } finally {
    output.removeAttribute("aria-busy");
    go.disabled = false;
    stop.hidden = true;
  }
}

/** A place for what an example prints that had printed nothing. @param {HTMLElement} place */
function added(place) {
  const output = element("div", "highlight-text notranslate");
  output.innerHTML = '<div class="highlight"><pre></pre></div>';
  place.after(output);
  return output;
}

/** @param {string} tag @param {string} name */
function element(tag, name) {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}

/** @param {string} text @param {HTMLElement} parent */
function button(text, parent) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  parent.append(made);
  return made;
}
