/** What a learner is asked for, and which must not stand anywhere until it is found. */

import { same } from "./model.js";

/** @import { Address, Model } from "./model.js" */

/** @type {Address | null} */
let secret = null;

/** From now on a number's sum is asked for; with null, none is.
 * @param {Model} model @param {Address | null} address */
export function keepSecret(model, address) {
  secret = address && asked(model, address);
}

/** Whether a number would tell the answer. @param {Address} address */
export function isSecret(address) {
  return same(secret, address);
}

/** The number that a sum comes to: the asked one itself, or how the loss changes with it.
 * @param {Model} model @param {Address} address @returns {Address} */
function asked(model, { name, index }) {
  const { explained } = model.explain({ name, index });
  if (explained === "value" || name.endsWith(".error")) return { name, index };
  return { name: name === "input" ? "input.error" : `${name}.gradient`, index };
}
