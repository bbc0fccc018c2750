/**
 * Answers what `tests/web/test_parity.py` asks, with the modules of the front end:
 *
 *     node parity.mjs FOLDER < questions.json > answers.json
 *
 * A number that JSON cannot hold is written as a text: "NaN", "Infinity", "-0".
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const folder = process.argv[2];
const front = (name) => import(pathToFileURL(join(folder, name)));
const { FUNCTIONS } = await front("algebra.js");
const { Model, write } = await front("model.js");
const { agreement, verdict } = await front("agreement.js");
const { thread } = await front("thread.js");
const { digitsToShow, show } = await front("numbers.js");
const { firstWeight } = await front("near.js");

/** Everything that the page says of a number. */
function told(model, written) {
  const address = model.parse(written);
  const explanation = model.explain(address);
  const { total, engine, explained, value, gradient, parts } = explanation;
  const found = agreement(model, explanation);
  return {
    written: write(address),
    ...{ total, engine, explained, value, gradient },
    agreement: { ...found, verdict: verdict(found) },
    parts: parts.map((part) => ({
      layer: part.layer,
      equation: part.equation.text,
      total: part.total,
      terms: part.terms.map((term) => [
        term.product,
        term.index,
        term.factors.map((factor) => {
          const source = model.source(part, factor);
          return [factor.symbol, factor.index, factor.value, source && write(source)];
        }),
      ]),
    })),
  };
}

/** The story's way from a number up to the loss, for one image. */
function way(model, written, image) {
  const steps = thread(model, { address: model.parse(written), image });
  return steps.map((step) => write(step.address));
}

const ANSWERS = {
  told: ({ document, addresses, starts }) => {
    const model = new Model(document);
    return {
      told: addresses.map((each) => told(model, each)),
      ways: starts.map(([written, image]) => ({
        way: way(model, written, image),
        pulling: model.pulling(model.parse(written)),
      })),
      opened: write(firstWeight(model)),
    };
  },
  parsed: ({ document, texts }) => {
    const model = new Model(document);
    return texts.map((text) => {
      const found = model.parse(text);
      return found && write(found);
    });
  },
  computed: ({ places }) =>
    Object.fromEntries(
      Object.entries(FUNCTIONS).map(([name, f]) => [
        name,
        places.map((given) => f(...given.map(Number))),
      ]),
    ),
  digits: ({ changes }) => changes.map(([value, change]) => digitsToShow(value, change)),
  shown: ({ numbers }) => numbers.map(([value, digits]) => show(Number(value), digits)),
};

function plain(_, value) {
  if (typeof value !== "number") return value;
  return Number.isFinite(value) && !Object.is(value, -0) ? value : exactly(value);
}

function exactly(value) {
  return Object.is(value, -0) ? "-0" : String(value);
}

const questions = JSON.parse(readFileSync(0, "utf8"));
const answers = questions.map((each) => ANSWERS[each.kind](each));
process.stdout.write(JSON.stringify(answers, plain));
