/** All views, in the order of their tabs. */

import { isParameter } from "./model.js";
import {
  filterNear,
  isConvolved,
  isFilter,
  isRead,
  outputNear,
  parameterNear,
  readNear,
} from "./near.js";
import { Filter } from "./views/filter.js";
import { Forward } from "./views/forward.js";
import { Matrix } from "./views/matrix.js";
import { NumberView } from "./views/number.js";
import { Own } from "./views/own.js";
import { Story } from "./views/story.js";
import { Training } from "./views/training.js";
import { Update } from "./views/update.js";

/** @import { Address, Model } from "./model.js" */
/** @import { Standing } from "./near.js" */
/** @import { ViewProps } from "./app.js" */
/** A view; which numbers it can show; and which one it shows where another is selected.
 * @typedef {{label: string, view: (props: ViewProps) => unknown, telling?: boolean,
 *   fits: (address: Address, model: Model) => boolean, near: (at: Standing) => Address | null}} View */

/** @type {Record<string, View>} */
export const VIEWS = {
  story: { label: "Story", view: Story, fits: isParameter, near: parameterNear, telling: true },
  filter: { label: "Backward to the filter", view: Filter, fits: isFilter, near: filterNear },
  input: { label: "Backward to the input", view: NumberView, fits: isRead, near: readNear },
  forward: { label: "Forward", view: Forward, fits: isConvolved, near: outputNear },
  number: { label: "Terms", view: NumberView, fits: () => true, near: ({ address }) => address },
  update: { label: "Update", view: Update, fits: isParameter, near: parameterNear, telling: true },
  training: { label: "Training", view: Training, fits: comesFromRun, near: ofRun },
  own: { label: "Your own input", view: Own, fits: comesFromRun, near: ofRun },
  matrix: {
    label: "As a matrix",
    view: Matrix,
    fits: (address, model) => isFilter(address, model) || isConvolved(address, model),
    near: (at) => (isConvolved(at.address, at.model) ? at.address : filterNear(at)),
  },
};

/** @param {Address} _address @param {Model} model */
function comesFromRun(_address, model) {
  return Boolean(model.document.course || model.document.live);
}

/** @param {Standing} at */
function ofRun({ address, model }) {
  return comesFromRun(address, model) ? address : null;
}
