/** A number as Python: the loops for this one, written from its equation, and the book's own lines. */

import { html } from "./vendor/preact.js";
import { single } from "./algebra.js";

/** @import { Equation } from "./document.js" */
/** @import { Model, Part } from "./model.js" */

const NAMES = /[\p{L}_][\p{L}\p{M}\p{N}_]*/gu;

/**
 * @param {object} props
 * @param {Model} props.model
 * @param {Part} props.part whose letters and sizes the program reads
 * @param {Equation} [props.equation] another form of the part's equation
 * @param {number[]} props.index which element
 * @param {Record<string, number>} [props.moment] the loops' indices at what is pointed at
 * @param {string} [props.book] the lines of `backlit.pure`
 */
export function Python({ model, part, equation = part.equation, index, moment = {}, book }) {
  const result = equation.symbol.normalize("NFKC");
  const named = new Set(equation.python.match(NAMES));
  const given = new Set(named);
  for (const name of setBy(equation.python)) given.delete(name);
  if (!equation.scatters) given.delete(result);
  const work = model.node(part.layer) ?? model.document.loss;
  const fixed = (equation.at ?? []).flatMap((place, axis) => {
    const letter = single(place);
    return letter === null ? [] : [[letter, index[axis]]];
  });
  const known = Object.fromEntries([...Object.entries(work.sizes), ...fixed]);
  const now = Object.entries(moment).filter(([letter]) => !(letter in known));
  const tensors = Object.entries(part.letters).map(
    ([symbol, name]) =>
      /** @type {[string, string]} */ ([
        symbol.normalize("NFKC"),
        symbol.normalize("NFKC") === result
          ? `of the size of ${name}, all 0 to begin with`
          : equation.at
            ? name
            : `a number of ${name}`,
      ]),
  );
  const comments = [
    told("", Object.entries(known), " = ", given),
    told("", tensors, ": ", given),
    told("at the marked place ", now, " = ", named),
    ...equation.sources.flatMap(({ symbol, text }) =>
      given.has(symbol.normalize("NFKC")) && !(symbol in part.letters) ? [text] : [],
    ),
    imports(named),
  ];
  return html`${comments.filter(Boolean).map((line) => html`<p class="now"># ${line}</p>`)}
    <pre tabindex="0"><code>${equation.python}</code></pre>
    ${book && html`<details><summary>All of them at once, as the book does it (backlit.pure)</summary><pre tabindex="0"><code>${book}</code></pre></details>`}`;
}

/** Where the functions of a program come from. @param {Set<string>} named */
function imports(named) {
  const found = FROM_MATH.filter((name) => named.has(name));
  return found.length ? `from math import ${found.join(", ")}` : "";
}

const FROM_MATH = ["erfc", "exp", "expm1", "inf", "log", "log1p", "pi", "sqrt", "tanh"];

/** The names that a program gives a value itself: of its loops, and of places.
 * @param {string} program */
function setBy(program) {
  const loops = [...program.matchAll(/for (\S+) in/g)].map(([, name]) => name);
  const places = [...program.matchAll(/^\s*([^=+[\]()]+?) = /gm)].flatMap(([, names]) =>
    names.split(", "),
  );
  return [...loops, ...places];
}

/** ``o = 3, u = 0``, as far as the program uses the names.
 * @param {string} start @param {[string, unknown][]} pairs @param {string} joint @param {Set<string>} used */
function told(start, pairs, joint, used) {
  const shown = pairs.filter(([name]) => used.has(name));
  return shown.length ? start + shown.map((pair) => pair.join(joint)).join(", ") : "";
}
