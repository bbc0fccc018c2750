/** The rule by which the weights were trained, as far as a page knows it. */

/** @param {import("./model.js").Model} model */
export function rateOf(model) {
  return model.document.live?.rate ?? model.document.course?.rule.learning_rate ?? 0.05;
}

/** What else the training did with a gradient. @param {import("./model.js").Model} model */
export function ruleOf(model) {
  const rule = model.document.course?.rule;
  if (!rule) return "";
  const plain = rule.optimizer === "SGD" && !rule.momentum && !rule.weight_decay;
  if (plain) return "That is the rule by which this network was trained.";
  const options = Object.entries(rule)
    .filter(([name, value]) => name !== "optimizer" && value)
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${value}`);
  return `That is plain gradient descent. The training used ${rule.optimizer} (${options.join(", ")}), which also keeps something from step to step.`;
}
