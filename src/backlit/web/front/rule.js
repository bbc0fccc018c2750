/** The rule by which the weights were trained, as far as a page knows it. */

/** @import { Model } from "./model.js" */

/** @param {Model} model */
export function rateOf(model) {
  return model.document.live?.rate ?? model.document.course?.rule.learning_rate ?? 0.05;
}

/** Whose rate that is. @param {Model} model */
export function rateWords(model) {
  if (model.document.live?.rate) return ", the rate of the training's next step";
  return model.document.course ? ", the rate of this run" : "";
}

/** What else the training did with a gradient. @param {Model} model */
export function ruleOf(model) {
  const { course } = model.document;
  if (!course) return "";
  if (course.plain) return "That is the rule by which this network was trained.";
  return `That is plain gradient descent. The training used ${course.words}.`;
}
