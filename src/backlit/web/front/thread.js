/** The thread of a story: from a number up to the loss, always by the strongest term. */

import { LOSS } from "./model.js";

/** @import { Term } from "./algebra.js" */
/** @import { Address, Explanation, Model, Part } from "./model.js" */
/** @import { Look } from "./state.js" */

/** @typedef {{address: Address, explanation: Explanation, part?: Part, term?: Term}} ThreadStep */

/** From the selected number up to a score's error, always by the largest term.
 * @param {Model} model @param {Pick<Look, "address" | "image">} look @returns {ThreadStep[]} */
export function thread(model, look) {
  /** @type {ThreadStep[]} */
  const steps = [];
  let address = look.address;
  for (;;) {
    const explanation = model.explain(address);
    let best = null;
    for (const part of explanation.parts) {
      for (const term of part.terms) {
        if (steps.length === 0 && "n" in term.index && term.index.n !== look.image) continue;
        if (!best || Math.abs(term.product) > Math.abs(best.term.product)) best = { part, term };
      }
    }
    steps.push({ address, explanation, part: best?.part, term: best?.term });
    if (!best || best.part.layer === LOSS) return steps;
    const error = best.term.factors.find((factor) =>
      /\.error$/.test(best.part.letters[factor.symbol] ?? ""),
    );
    if (!error) return steps;
    address = { name: best.part.letters[error.symbol], index: error.index };
  }
}
