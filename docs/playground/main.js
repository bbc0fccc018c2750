/** The playground: a program, what it prints, and what is wrong with it. */

import {
  html,
  render,
  useEffect,
  useRef,
  useState,
} from "../../src/backlit/web/front/vendor/preact.js";
import { editor } from "./editor.js";
import { Findings, LineButton } from "./findings.js";
import { Printed } from "./printed.js";
import { Python } from "./python.js";
import { keep, kept, link, linked } from "./storage.js";

/** @typedef {{name: string, title: string, arguments?: string, text: string,
 *   exercise?: number}} Example */
/** @typedef {import("./python.js").Line} Line */

/** @param {{examples: Example[], first: {name: string, text: string}}} props */
function Playground({ examples, first }) {
  const [state, setState] = useState({ now: "starting", detail: "" });
  const [name, setName] = useState(first.name);
  const [given, setGiven] = useState(
    examples.find((each) => each.name === first.name)?.arguments ?? "",
  );
  const [busy, setBusy] = useState("");
  const [lines, setLines] = useState(/** @type {Line[]} */ ([]));
  const [missing, setMissing] = useState("");
  const [ended, setEnded] = useState(/** @type {{status: number, line?: number} | null} */ (null));
  const [report, setReport] = useState(/** @type {any} */ (null));
  const [said, setSaid] = useState("");
  const [help, setHelp] = useState(/** @type {any} */ (null));
  const [course, setCourse] = useState(keptCourse);
  const holder = useRef(null);
  const tools = useRef(/** @type {any} */ (null));

  useEffect(() => {
    const python = new Python((now, detail) => setState({ now, detail }));
    python.start();
    tools.current = { python, cleared: 0 };
    tools.current.editor = editor(/** @type {any} */ (holder.current), first.text, {
      label: "your program",
      onRun: () => tools.current.run(),
      onCheck: () => tools.current.check(),
      onChange: (text) => keep(tools.current.name, text),
    });
    tools.current.name = first.name;
    return () => {
      python.end(new Error("closed"));
      tools.current.editor.close();
    };
  }, []);

  const exercise = examples.find((each) => each.name === name)?.exercise;
  const next = examples.find((each) => exercise && each.exercise === exercise + 1);

  /** Forget what came of the program before. */
  const clear = () => {
    tools.current.cleared += 1;
    setLines([]);
    setMissing("");
    setEnded(null);
    setReport(null);
    setSaid("");
    setHelp(null);
  };

  /** @param {string} task @param {Record<string, unknown>} more */
  const ask = async (task, more) => {
    const { python } = tools.current;
    if (python.waiting) return null;
    clear();
    setBusy(task);
    const { cleared } = tools.current;
    const printed = new Printed();
    const draw = () => {
      if (tools.current.cleared !== cleared) return; // another program is shown by now
      setLines(printed.lines);
      setMissing(printed.missing);
    };
    let drawn = true;
    const onLine = (/** @type {Line} */ line) => {
      printed.add(line);
      if (!drawn) return;
      drawn = false; // once a frame is often enough
      requestAnimationFrame(() => {
        drawn = true;
        draw();
      });
    };
    try {
      const given = { code: tools.current.editor.text(), ...more };
      const answer = await python.ask(task, given, onLine);
      return tools.current.cleared === cleared ? answer : null;
    } catch (problem) {
      if (tools.current.cleared === cleared) setSaid(/** @type {Error} */ (problem).message);
      return null;
    } finally {
      draw();
      setBusy("");
    }
  };
  /** Keep how far the reader is in the course, and give back the answer that says it.
   * @param {any} answer */
  const learned = (answer) => {
    if (answer?.progress) {
      const now = { progress: answer.progress, solved: answer.solved };
      keep(COURSE, JSON.stringify(now));
      setCourse(now);
    }
    return answer;
  };
  /** A hint or the solution, beside what was found before.
   * @param {string} task @param {Record<string, unknown>} [more] */
  const consult = async (task, more) => {
    const { python, cleared } = tools.current;
    if (python.waiting) return;
    setBusy(task);
    try {
      const { progress } = course;
      const answer = learned(await python.ask(task, { exercise, progress, ...more }));
      if (tools.current.cleared === cleared) setHelp(answer);
    } catch (problem) {
      if (tools.current.cleared === cleared) setSaid(/** @type {Error} */ (problem).message);
    } finally {
      setBusy("");
    }
  };
  if (tools.current) {
    tools.current.run = async () => setEnded(await ask("run", { arguments: given }));
    tools.current.check = async () => {
      const { progress } = course;
      setReport(learned(await ask("check", exercise ? { exercise, progress } : {})));
    };
  }

  /** Be done with the program that is shown. */
  const leave = () => {
    if (tools.current.python.waiting) tools.current.python.stop();
    clear();
  };
  const choose = (/** @type {string} */ to) => {
    const example = examples.find((each) => each.name === to);
    if (!example) return;
    leave();
    tools.current.name = to;
    setName(to);
    setGiven(example.arguments ?? "");
    tools.current.editor.write(kept(to) ?? example.text);
    history.replaceState(null, "", `#${to}`);
  };
  const reset = () => {
    const example = examples.find((each) => each.name === name);
    if (!example) return;
    leave();
    tools.current.editor.write(example.text);
  };
  const goTo = (/** @type {number} */ line) => tools.current.editor.show(line);
  const share = async () => {
    const address = await link(tools.current.editor.text());
    history.replaceState(null, "", address);
    const copied = await navigator.clipboard?.writeText(location.href).then(
      () => true,
      () => false,
    );
    setSaid(
      copied
        ? "The link with this program is copied."
        : "The address of this page now holds the program.",
    );
  };

  return html`
    <header class="top">
      <h1><a href="../index.html">backlit</a> · playground</h1>
      <p class="state" role="status" aria-busy=${state.now === "starting"}>${STATES[state.now](state.detail)}</p>
    </header>
    <main>
      <section class="program" aria-label="Program">
        <div class="bar">
          <label>begin with <select value=${name} onChange=${(/** @type {any} */ event) => choose(event.target.value)}>
            ${name === "" && html`<option value="" selected>the program of the link</option>`}
            ${GROUPS.map(
              ([label, holds]) =>
                html`<optgroup label=${label}>${examples
                  .filter(holds)
                  .map(
                    (each) =>
                      html`<option value=${each.name} selected=${each.name === name}>${course.solved.includes(each.exercise ?? 0) ? "✓ " : ""}${each.title}</option>`,
                  )}</optgroup>`,
            )}
          </select></label>
          <button type="button" disabled=${name === ""} onClick=${reset}>as it was</button>
          <button type="button" onClick=${share}>copy a link</button>
        </div>
        <div class="editor" ref=${holder}></div>
        <div class="bar">
          <button type="button" class="first" disabled=${busy !== ""} onClick=${() => tools.current.run()} title="Ctrl+Enter">Run</button>
          <button type="button" class="first" disabled=${busy !== ""} onClick=${() => tools.current.check()} title="Shift+Ctrl+Enter">Check</button>
          <button type="button" disabled=${busy === ""} onClick=${() => tools.current.python.stop()}>Stop</button>
          ${
            exercise &&
            html`<button type="button" disabled=${busy !== ""} onClick=${() => consult("hint")}>hint</button>
              <button type="button" disabled=${busy !== ""} onClick=${() => consult("solution")}>solution</button>`
          }
          ${!exercise && html`<label>arguments <input value=${given} onInput=${(/** @type {any} */ event) => setGiven(event.target.value)} size="12" spellcheck="false" autocomplete="off" /></label>`}
        </div>
      </section>
      <section class="outcome" aria-label="Outcome">
        ${said && html`<p role="status" class="note">${said}</p>`}
        ${help && html`<${Help} help=${help} anyway=${() => consult("solution", { anyway: true })} />`}
        ${busy && html`<p role="status" aria-busy="true">${state.now === "ready" ? "Python works on it…" : "Python is starting…"}</p>`}
        ${missing && html`<p class="hint" data-test="missing">${missing}</p>`}
        ${
          (lines.length > 0 || ended) &&
          html`<pre class="printed" tabindex="0" aria-label="What it printed" aria-live="polite">${lines.map(
            ({ stream, line }) => html`<span class=${stream}>${`${line}\n`}</span>`,
          )}</pre>`
        }
        ${
          ended &&
          html`<p data-test="ended">${ended.status === 0 ? "It ran to its end." : `It ended with exit status ${ended.status}.`}
          ${ended.line && html` <${LineButton} line=${ended.line} goTo=${goTo} />`}</p>`
        }
        ${report && html`<${Findings} report=${report} goTo=${goTo} />`}
        ${report?.grade?.ok && next && html`<p><button type="button" class="first" onClick=${() => choose(next.name)}>Go on: ${next.title}</button></p>`}
        ${!busy && !ended && !report && !said && !help && html`<p class="hint">Run shows what a program prints. Check looks for a forward or backward pass in it (a convolution, a pool, a dense layer, …), tries it with small numbers, and says what is wrong with it and why.</p>`}
      </section>
    </main>
    <footer><p>Python runs in this page, by <a href="https://pyodide.org">Pyodide</a>: what you write stays on this computer, and nothing is loaded from anywhere but this site. <a href="licenses.txt">Licenses</a></p></footer>`;
}

/** @param {{help: any, anyway: () => void}} props what `playground.hint` or `.solution` gave */
function Help({ help, anyway }) {
  if (help.hint) {
    return html`<p role="status" class="note" data-test="help">Hint ${help.number} of ${help.of}: ${help.hint}</p>`;
  }
  if (help.refusal) {
    return html`<p role="status" class="note" data-test="help">${help.refusal} <button type="button" onClick=${anyway}>show it anyway</button></p>`;
  }
  return html`<div data-test="help"><p>One way to write it:</p><pre class="printed python" tabindex="0" aria-label="The solution">${help.solution}</pre></div>`;
}

const COURSE = "course";

/** How far the reader is in the course, as Python wrote it, and which exercises are solved.
 * @returns {{progress: string, solved: number[]}} */
function keptCourse() {
  try {
    const { progress, solved } = JSON.parse(kept(COURSE) ?? "");
    if (typeof progress === "string" && Array.isArray(solved)) return { progress, solved };
  } catch {
    // Nothing was kept yet, or nothing that can be read.
  }
  return { progress: "", solved: [] };
}

/** @type {[string, (example: Example) => boolean][]} */
const GROUPS = [
  ["Programs", (example) => !example.exercise],
  ["Exercises", (example) => Boolean(example.exercise)],
];

/** @type {Record<string, (detail: string) => string>} */
const STATES = {
  starting: () => "Python is being loaded, 5 MB…",
  ready: (version) => `Python ${version} is ready.`,
  broken: (why) => `Python could not be loaded: ${why}`,
};

async function begin() {
  const root = /** @type {HTMLElement} */ (document.getElementById("playground"));
  const answer = await fetch("examples.json");
  /** @type {Example[]} */
  const examples = await answer.json();
  const shared = await linked(location.hash);
  const wanted = examples.find((each) => `#${each.name}` === location.hash) ?? examples[0];
  const first =
    shared === null
      ? { name: wanted.name, text: kept(wanted.name) ?? wanted.text }
      : { name: "", text: shared };
  root.textContent = "";
  render(html`<${Playground} ...${{ examples, first }} />`, root);
}

begin();
