/** From the number that is selected to the one that another view would show of the same place. */

import { hasFilters, isParameter, ownerOf, quantityOf } from "./model.js";
import { thread } from "./thread.js";

/** @import { Layer } from "./document.js" */
/** @import { Address, Model } from "./model.js" */
/** What is known: the model, the selected number, the image, and the weight visited last.
 * @typedef {{model: Model, address: Address, image: number, weight: Address}} Standing */

/** @param {Address} address @param {Model} model */
export function isFilter(address, model) {
  return address.name.endsWith(".weight") && hasFilters(model.owner(address));
}

/** @param {Address} address @param {Model} model */
export function isConvolved(address, model) {
  return address.name.endsWith(".output") && hasFilters(model.owner(address));
}

/** Whether a number is, or is the error of, what a convolution reads.
 * @param {Address} address @param {Model} model */
export function isRead(address, model) {
  const back = quantityOf(address.name) === "error" || address.name === "input";
  return back && model.readers(ownerOf(address.name)).some(hasFilters);
}

/** The view that shows most of a number. @param {Address} address @param {Model} model */
export function bestView(address, model) {
  if (isFilter(address, model)) return "filter";
  if (isConvolved(address, model)) return "forward";
  return isRead(address, model) ? "input" : "number";
}

/** A parameter: of the filter that the number belongs to, or the one visited last.
 * @param {Standing} at @returns {Address | null} */
export function parameterNear(at) {
  if (isParameter(at.address)) return at.address;
  const known = isParameter(at.weight) ? at.weight : null;
  return ownFilter(at) ?? known ?? firstFilter(at.model) ?? firstWeight(at.model);
}

/** A weight of a convolution. @param {Standing} at @returns {Address | null} */
export function filterNear(at) {
  const { model, address, weight } = at;
  if (isFilter(address, model)) return address;
  return ownFilter(at) ?? (isFilter(weight, model) ? weight : firstFilter(model));
}

/** An output of a convolution: where the weight has its strongest term.
 * @param {Standing} at @returns {Address | null} */
export function outputNear(at) {
  const { model, address, image } = at;
  if (isConvolved(address, model)) return address;
  const [name, quantity] = [ownerOf(address.name), quantityOf(address.name)];
  if (quantity === "error" && hasFilters(model.node(name))) {
    return { name: `${name}.output`, index: address.index };
  }
  const weight = filterNear(at);
  const term = weight && strongestTerm(model, weight, image);
  return term && { name: `${ownerOf(weight.name)}.output`, index: placeOf(term, weight) };
}

/** The error of what a convolution reads: on the thread of the story, since that is the way back to
 * the filters; else of the input that the strongest term has met, which may be the picture's.
 * @param {Standing} at @returns {Address | null} */
export function readNear(at) {
  const { model, address, image } = at;
  if (isRead(address, model)) return address;
  const weight = isConvolved(address, model) ? null : parameterNear(at);
  const steps = weight ? thread(model, { address: weight, image }) : [];
  const passed = steps.find((step) => isRead(step.address, model));
  if (passed) return passed.address;
  const known = isConvolved(address, model) ? address : filterNear(at);
  if (!known) return null;
  const read = strongestTerm(model, known, image)?.factors.find(({ symbol }) => symbol === "X");
  const node = model.owner(known);
  return read && node ? { name: `${node.inputs[0]}.error`, index: read.index } : null;
}

/** The weight with the largest gradient in the filter that a convolution's number belongs to.
 * @param {Standing} at @returns {Address | null} */
function ownFilter({ model, address, weight }) {
  const [name, quantity] = [ownerOf(address.name), quantityOf(address.name)];
  const node = model.node(name);
  if (!node || !hasFilters(node) || !/^(output|error|bias)$/.test(quantity)) return null;
  const filter = quantity === "bias" ? address.index[0] : address.index[1];
  if (weight.name === `${name}.weight` && weight.index[0] === filter) return weight;
  return model.steepest(`${name}.weight`, filter);
}

/** The same of a filter. @param {Model} model @returns {Address | null} */
function firstFilter(model) {
  return firstWeight(model, hasFilters);
}

/** The weight with the largest gradient in the first layer that has weights; where that says nothing,
 * one in the middle of the first filter.  It is `steepest_weight` of `explain/address.py`.
 * @param {Model} model @param {(node: Layer) => boolean} fits @returns {Address | null} */
export function firstWeight(model, fits = () => true) {
  const node = model.nodes.find((each) => each.parameters.weight && fits(each));
  if (!node) return null;
  const name = `${node.name}.weight`;
  const { numbers, shape } = model.tensor(`${name}.gradient`);
  if (numbers.some(Boolean) && !numbers.some(Number.isNaN)) return model.steepest(name);
  return { name, index: shape.map((size, axis) => (axis < 2 ? 0 : Math.floor(size / 2))) };
}

/** The largest term of a convolution's number, of one image where it is of all.
 * @param {Model} model @param {Address} address @param {number} image */
function strongestTerm(model, address, image) {
  const terms = model.explain(address).parts.flatMap((part) => part.terms);
  const own = terms.filter(
    (term) => (term.index.n ?? image) === image && "c" in term.index !== isFilter(address, model),
  );
  return own.reduce(
    (best, each) => (!best || Math.abs(each.product) > Math.abs(best.product) ? each : best),
    /** @type {import("./model.js").Term | null} */ (null),
  );
}

/** @param {import("./model.js").Term} term @param {Address} weight */
function placeOf({ index }, weight) {
  return [index.n, weight.index[0], index.i, index.j];
}
