/** The thread of a story: from a number up to the loss, always by the strongest term. */

/** @import { Term } from "./algebra.js" */
/** @import { Address, Explanation, Model, Part } from "./model.js" */
/** @import { Look } from "./state.js" */

/** @typedef {{address: Address, explanation: Explanation, part?: Part, term?: Term}} ThreadStep */

/** From the selected number up to a score's error, always by the largest term: `follow` and `_link`
 * of `explain/telling.py`.
 * @param {Model} model @param {Pick<Look, "address" | "image">} look @returns {ThreadStep[]} */
export function thread(model, look) {
  /** @type {ThreadStep[]} */
  const steps = [];
  let address = look.address;
  for (;;) {
    const explanation = model.explain(address);
    const terms = explanation.parts
      .flatMap((part) => part.terms.map((term) => ({ part, term })))
      .filter(({ term }) => steps.length || (term.index.n ?? look.image) === look.image)
      .sort((a, b) => Math.abs(b.term.product) - Math.abs(a.term.product));
    // The largest that holds an error: a batch norm has terms without one, where no way goes on.
    const best = terms.find(({ part, term }) => errorIn(part, term)) ?? terms[0];
    steps.push({ address, explanation, ...best });
    const error = best && errorIn(best.part, best.term);
    if (!error) return steps;
    address = error;
  }
}

/** The error that is a factor of a term.
 * @param {Part} part @param {Term} term @returns {Address | null} */
function errorIn(part, term) {
  for (const { symbol, index } of term.factors) {
    const name = part.letters[symbol] ?? "";
    if (name.endsWith(".error")) return { name, index };
  }
  return null;
}
