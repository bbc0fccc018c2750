/** Small parts that many views share: a number that is a link, an equation, a list of terms. */

import { html, useState } from "./vendor/preact.js";
import { agreement, verdict } from "./agreement.js";
import { shade } from "./levels.js";
import { meaning, quantityOf, write } from "./model.js";
import { counted, show, signed } from "./numbers.js";
import { isSecret } from "./secret.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./model.js").Address} Address */
/** @typedef {import("./model.js").Part} Part */

/** The hue of an array, by its name. @param {string} name */
export function roleOf(name) {
  if (name.endsWith(".gradient")) return "gradient";
  const quantity = quantityOf(name);
  if (quantity === "error") return "error";
  if (quantity === "weight") return "w";
  if (quantity === "bias") return "b";
  return name === "input" ? "x" : "y";
}

/** A number with its name; a click goes to it.
 * @param {{address: Address, model: Model, go: Function, value?: boolean, label?: string}} props */
export function Link({ address, model, go, value = true, label }) {
  const name = label ?? write(address);
  const look = shade(model, address);
  const visited = { ...address, name: address.name.replace(/\.gradient$/, "") };
  return html`<button type="button" class=${`number ${roleOf(address.name)}`} title=${`${write(address)}: ${meaning(address)}`} onClick=${() => go({ address: visited })}>
    <span class="name">${name}</span>
    ${value && html` <b>${isSecret(address) ? "?" : show(model.value(address))}</b>`}
    ${value && look && html` <small>${look}</small>`}
  </button>`;
}

/** MathML that the package has made. @param {{equation: import("./document.js").Equation}} props */
export function Equation({ equation }) {
  return html`<div class="equation">
    <div class="formula" dangerouslySetInnerHTML=${{ __html: equation.mathml }} />
    ${
      equation.conditions.length > 0 &&
      html`<ul class="conditions">
      ${equation.conditions.map((/** @type {string} */ each) => html`<li>${each}</li>`)}
    </ul>`
    }
    <dl class="letters">${Object.entries(equation.letters).map(([role, words]) => html`<div><dt class=${role.split(":")[0]}>${role.split(":").slice(1).join(":")}</dt><dd>${words}</dd></div>`)}</dl>
  </div>`;
}

/** How far the shown sum is from what the engine computed.
 * @param {{explanation: import("./model.js").Explanation, model: Model}} props */
export function Agreement({ explanation, model }) {
  const { total, engine } = explanation;
  const { engine: name, dtype } = model.document;
  const found = agreement(model, explanation);
  const words =
    found.difference === 0
      ? "exactly what the engine computed"
      : `the engine (${name}, ${dtype}) has ${show(engine, 6)}: ${show(found.difference, 2)} apart, ${found.holds ? "and" : "which is"} ${verdict(found)}`;
  return html`<p class="agreement answer">Sum ${show(total, 6)}; ${words}.</p>`;
}

/** A form that sends itself nowhere: Enter in a field, or its button of type "submit", hands it over.  In a
 * sandboxed frame a browser does not let forms be submitted, not even to a function of the page.
 * @param {{kind: string, onEnter: (fields: any) => void, children?: unknown}} props */
export function Form({ kind, onEnter, children }) {
  const enter = (/** @type {any} */ event) => {
    event.preventDefault();
    if (event.currentTarget.reportValidity()) onEnter(event.currentTarget.elements);
  };
  return html`<form class=${kind} onSubmit=${enter}
    onKeyDown=${(/** @type {any} */ event) => event.key === "Enter" && event.target.matches("input") && enter(event)}
    onClick=${(/** @type {any} */ event) => event.target.closest("[type=submit]") && enter(event)}>${children}</form>`;
}

/** A row of tabs, of which the arrow keys choose one.
 * @param {{label: string, items: Record<string, string>, chosen: string, small?: boolean,
 *   onPick: (key: string) => void}} props */
export function Tabs({ label, items, chosen, small = false, onPick }) {
  const keys = Object.keys(items);
  const move = (/** @type {any} */ event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[/** @type {string} */ (event.key)];
    if (!step) return;
    event.preventDefault();
    const next = keys[(keys.indexOf(chosen) + step + keys.length) % keys.length];
    onPick(next);
    event.currentTarget.children[keys.indexOf(next)].focus();
  };
  return html`<div class=${`tabs ${small ? "small" : ""}`} role="tablist" aria-label=${label} onKeyDown=${move}>
    ${keys.map(
      (key) => html`<button type="button" role="tab" tabindex=${key === chosen ? 0 : -1}
      aria-selected=${key === chosen} onClick=${() => onPick(key)}>${items[key]}</button>`,
    )}
  </div>`;
}

/** A factor that is read from no array: its text, and what it is worth.
 * @param {import("./algebra.js").Factor} factor */
export function coefficient({ symbol, value }) {
  if (/^−?\d+$/.test(symbol)) return symbol;
  if (symbol.startsWith("[")) return `${symbol} (${value ? "true: 1" : "false: 0"})`;
  return `${COEFFICIENTS[symbol] ?? symbol} (${show(value)})`;
}

/** @type {Record<string, string>} */
const COEFFICIENTS = { T: "truth T" };

/** The same in four languages: words, numbers, an equation, Python.
 * @param {{words: unknown, numbers: unknown, equation: unknown, python: unknown}} props */
export function Registers(props) {
  const [open, setOpen] = useState("words");
  const kinds = /** @type {const} */ ({
    words: "in words",
    numbers: "with numbers",
    equation: "as an equation",
    python: "as Python",
  });
  return html`<div class="registers">
    <${Tabs} label="The same in" items=${kinds} chosen=${open} small onPick=${setOpen} />
    <div class="register" role="tabpanel">${props[/** @type {keyof typeof kinds} */ (open)]}</div>
  </div>`;
}

/** The equation with the numbers of its largest terms, and the terms themselves.
 * @param {{name: string, parts: Part[], total: number, model: Model, go: Function}} props */
export function WithNumbers({ name, parts, total, model, go }) {
  const terms = parts.flatMap((part) => part.terms);
  const largest = [...terms].sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
  const written = largest.slice(0, WRITTEN).map((term, k) => {
    const text = term.factors.map((factor) => signed(factor.value)).join(" · ");
    return k > 0 ? ` + ${text}` : text.replace(/^\((−[^)]*)\)/, "$1");
  });
  const more = terms.length - written.length;
  return html`<p class="equation-line"><code>${name}</code> = ${written}${more > 0 ? ` + ${counted(more, "other")}` : ""} = <b class="answer">${show(total)}</b></p>
    <${Terms} ...${{ parts, total, model, go }} />`;
}

const WRITTEN = 3; // terms of an equation with numbers

/** The products whose sum a number is, the largest first.
 * @param {{parts: Part[], total: number, model: Model, go: Function, limit?: number}} props */
export function Terms({ parts, total, model, go, limit = 8 }) {
  const [all, setAll] = useState(false);
  const rows = parts.flatMap((part) => part.terms.map((term) => ({ part, term })));
  rows.sort((a, b) => Math.abs(b.term.product) - Math.abs(a.term.product));
  const shown = rows.slice(0, all ? 500 : limit);
  const rest = rows.slice(shown.length);
  const most = Math.abs(rows[0]?.term.product ?? 0);
  const letters = Object.keys(rows[0]?.term.index ?? {});
  const known = rows[0]?.part.equation.letters ?? {};
  return html`<div class="scroll"><table class="terms">
    <caption class="hidden">The terms, the largest first</caption>
    <thead><tr>
      ${letters.map((letter) => html`<th class="index" title=${known[`index:${letter}`] ?? ""}>${letter}</th>`)}
      <th>product of</th><th class="right">term</th><th><span class="hidden">size</span></th>
    </tr></thead>
    <tbody>
      ${shown.map(
        ({ part, term }) => html`<tr>
        ${letters.map((letter) => html`<td class="index">${term.index[letter] ?? ""}</td>`)}
        <td class="factors">${term.factors.map((factor, place) => {
          const address = model.source(part, factor);
          return html`${place > 0 && " · "}${address ? html`<${Link} ...${{ address, model, go }} />` : html`<span class="coefficient">${coefficient(factor)}</span>`}`;
        })}</td>
        <td class=${`right value ${rows.length === 1 ? "answer" : ""}`}>${show(term.product)}</td>
        <td class="bar"><span class=${term.product < 0 ? "below" : "above"} style=${{ width: `${most ? (100 * Math.abs(term.product)) / most : 0}%` }} /></td>
      </tr>`,
      )}
      ${
        rest.length > 0 &&
        html`<tr class="rest"><td colspan=${letters.length + 1}>
        <button type="button" onClick=${() => setAll(true)}>${counted(rest.length, "other")}</button></td>
        <td class="right value">${show(rest.reduce((sum, each) => sum + each.term.product, 0))}</td><td /></tr>`
      }
    </tbody>
    <tfoot class="answer"><tr><td colspan=${letters.length + 1}>${rows.length === 1 ? "1 term" : `${counted(rows.length, "term")}, added up`}</td>
      <td class="right value"><b>${show(total)}</b></td><td /></tr></tfoot>
  </table></div>`;
}

/** A row of choices, such as filters or channels, from a first one on.
 * @param {{label: string, count: number, at: number, onPick: (k: number) => void,
 *   first?: number}} props */
export function Stepper({ label, count, at, onPick, first = 0 }) {
  const last = first + count - 1;
  return html`<label class="stepper">${label}
    <button type="button" aria-label=${`${label}: one less`} disabled=${at <= first} onClick=${() => onPick(at - 1)}>−</button>
    <input type="number" min=${first} max=${last} defaultValue=${at} key=${at} aria-label=${label}
      onChange=${(/** @type {any} */ event) => {
        const value = Math.round(Number(event.target.value));
        if (value >= first && value <= last) onPick(value);
        else event.target.value = at;
      }} />
    <button type="button" aria-label=${`${label}: one more`} disabled=${at >= last} onClick=${() => onPick(at + 1)}>+</button>
    <small>${first ? `${first} to ${last}` : `of ${count}`}</small></label>`;
}
