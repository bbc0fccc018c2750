/** What a page knows: the network, its numbers, and how any of them came about. */

import { evaluate } from "./algebra.js";
import { decode } from "./tensors.js";

/** @import { Equation, Layer, PageDocument, Windowed, Work } from "./document.js" */
/** @import { Tensor } from "./tensors.js" */
/** @typedef {import("./algebra.js").Term} Term */
/** @typedef {{name: string, index: number[]}} Address */
/** @typedef {{layer: string, equation: Equation, terms: Term[], total: number, possible: number,
 *   candidates: Term[], letters: Record<string, string>}} Part */
/** @typedef {{address: Address, parts: Part[], total: number, engine: number,
 *   explained: "value" | "gradient", value: number, gradient: number | null}} Explanation */

/** Whose the equations of softmax and cross-entropy are: no layer can be called like that. */
export const LOSS = "the loss";

const MOST_TERMS = 200_000; // that are kept, at some 300 bytes each

export class Model {
  /** @param {PageDocument} document see `web/document.py` */
  constructor(document) {
    this.document = document;
    this.title = document.title;
    this.classes = document.classes;
    this.nodes = document.nodes;
    this.images = document.labels.length;
    /** @type {Map<string, Tensor>} */
    this.tensors = new Map();
    /** @type {Map<string, Layer>} */
    this.byName = new Map(this.nodes.map((node) => [node.name, node]));
    /** @type {Map<string, Explanation>} */
    this.known = new Map();
    this.remembered = 0; // terms in it
  }

  /** @param {string} name @returns {Tensor} */
  tensor(name) {
    let found = this.tensors.get(name);
    if (!found) {
      const data = this.document.tensors[name];
      if (!data) throw new Error(`there is no ${name}`);
      found = decode(data);
      this.tensors.set(name, found);
    }
    return found;
  }

  /** @param {string} name */
  has(name) {
    return name in this.document.tensors;
  }

  /** How many numbers training changes. */
  get parameterCount() {
    const shapes = this.nodes.flatMap((node) => Object.values(node.parameters));
    return shapes.reduce((sum, shape) => sum + shape.reduce((size, side) => size * side, 1), 0);
  }

  /** The class that an image is taken for. @param {number} image */
  taken(image) {
    const { numbers, shape } = this.tensor("probability");
    const [, classes] = shape;
    const own = numbers.slice(image * classes, (image + 1) * classes);
    return own.indexOf(Math.max(...own));
  }

  /** A layer; undefined for the input and the loss. @param {string} name */
  node(name) {
    return this.byName.get(name);
  }

  /** A layer that is known to exist. @param {string} name */
  layer(name) {
    const found = this.byName.get(name);
    if (!found) throw new Error(`there is no layer ${name}`);
    return found;
  }

  /** Whether a name is of numbers that can be asked where they come from. @param {string} name */
  canBeAsked(name) {
    return this.has(name) && /^(input|loss|probability|.+\.(output|error|weight|bias))$/.test(name);
  }

  /** The layer that a number belongs to; undefined for the input and the loss.
   * @param {Address} address */
  owner(address) {
    return this.node(ownerOf(address.name));
  }

  /** The same where a window slides over the layer's input, as in every convolution.
   * @param {string} name of the layer or of any of its arrays */
  windowed(name) {
    const found = this.node(ownerOf(name));
    if (!found?.window) throw new Error(`${name} has no window`);
    return /** @type {Windowed} */ (found);
  }

  /** The layers that read an output. @param {string} name */
  readers(name) {
    return this.nodes.filter((node) => node.inputs.includes(name));
  }

  /** The name of an output's numbers. @param {string} layer */
  output(layer) {
    return layer === "input" ? "input" : `${layer}.output`;
  }

  /** @param {Address} address */
  value(address) {
    return this.tensor(address.name).at(address.index);
  }

  /** An address out of a text, by the rules of `explain/address.py`; null where it is none.
   * @param {string} text @returns {Address | null} */
  parse(text) {
    const found = /^\s*([^[\]\s]+)\s*(?:\[\s*(.*?)\s*\]\s*)?$/.exec(text);
    if (!found || !this.canBeAsked(found[1])) return null;
    const places = found[2] ? found[2].split(/\s*,\s*/) : [];
    if (!places.every((each) => /^-?[0-9]{1,18}$/.test(each))) return null;
    const index = places.map((each) => Number(each) + 0); // -0 is 0
    const { shape } = this.tensor(found[1]);
    const fits =
      index.length === shape.length && index.every((at, axis) => at >= 0 && at < shape[axis]);
    return fits ? { name: found[1], index } : null;
  }

  /** Why a text is no address. @param {string} text */
  complain(text) {
    const name = text.trim().split("[")[0];
    if (!this.canBeAsked(name)) {
      const layer = this.nodes.find((node) => node.parameters.weight);
      const example = layer ? `${layer.name}.weight` : "input";
      const index = this.tensor(example).shape.map(() => 0);
      const missing = name ? `There is no ${name} here` : "No number was named";
      return `${missing}; write it like ${write({ name: example, index })}.`;
    }
    const { shape } = this.tensor(name);
    const last = shape.map((size) => size - 1);
    return `There is no such number: ${name} goes from ${write({ name, index: shape.map(() => 0) })} to ${write({ name, index: last })}.`;
  }

  /** How a number came about; it is worked out once. @param {Address} address @returns {Explanation} */
  explain(address) {
    const key = write(address);
    let found = this.known.get(key);
    if (!found) {
      found = this.evaluated(address);
      this.remembered += found.parts.reduce((sum, part) => sum + part.terms.length, 1);
      if (this.remembered > MOST_TERMS) {
        this.known.clear();
        this.remembered = 0;
      }
      this.known.set(key, found);
    }
    return found;
  }

  /** The same, worked out anew, as `make_explanation` in `explain/trace.py` does.
   * @param {Address} address @returns {Explanation} */
  evaluated(address) {
    const parts = this.parts(address);
    const { name, index } = address;
    const owner = this.owner(address);
    const total = parts.reduce((sum, part) => sum + part.total, 0);
    const quantity = quantityOf(name);
    const value = this.value(address);
    const forward = quantity === "output" || name === "probability" || name === "loss";
    const gradient =
      quantity === "error"
        ? name
        : owner && quantity !== "output"
          ? `${name}.gradient`
          : `${ownerOf(name)}.error`;
    const measured = this.has(gradient) ? this.tensor(gradient).at(index) : null;
    const slope = name === "loss" ? 1 : measured; // dL/dL
    return {
      address,
      parts,
      total,
      engine: forward ? value : (slope ?? value),
      explained: forward ? "value" : "gradient",
      value,
      gradient: slope,
    };
  }

  /** The number whose error this is. @param {Address} address */
  without(address) {
    return { name: this.output(ownerOf(address.name)), index: address.index };
  }

  /** The equations at work; several where paths of the network meet.  They are chosen as by
   * `RecordedPass.parts` in `explain/recorded.py`.
   * @param {Address} address @returns {Part[]} */
  parts({ name, index }) {
    const [owner, quantity] = [ownerOf(name), quantityOf(name)];
    const { loss } = this.document;
    if (name === "probability") return [this.part(LOSS, loss.probability, loss, index)];
    if (name === "loss") return [this.part(LOSS, loss.loss, loss, index)];
    const node = this.node(owner);
    if (node && quantity === "output") return [this.part(owner, node.forward, node, index)];
    if (node && (quantity === "weight" || quantity === "bias")) {
      return [this.part(owner, node.gradients[quantity], node, index)];
    }
    if (owner === this.document.output) return [this.part(LOSS, loss.error, loss, index)];
    return this.readers(owner).flatMap((reader) =>
      reader.inputs.flatMap((read, place) => {
        if (read !== owner) return [];
        const equation = reader.gradients[`input${place + 1}`] ?? reader.gradients.input;
        return [this.part(reader.name, equation, reader, index)];
      }),
    );
  }

  /** One equation for one element.
   * @param {string} layer @param {number} place of the equation
   * @param {Work} work whose letters and sizes @param {number[]} index @returns {Part} */
  part(layer, place, work, index) {
    const equation = this.document.equations[place];
    const read = (/** @type {string} */ symbol, /** @type {number[]} */ at) => {
      const name = work.letters[symbol];
      return name && this.has(name) ? this.tensor(name).at(at) : undefined;
    };
    const found = evaluate(equation, index, work.sizes, read);
    return { layer, equation, letters: work.letters, ...found };
  }

  /** The address of a factor of a product; null for a coefficient.
   * @param {Part} part @param {import("./algebra.js").Factor} factor @returns {Address | null} */
  source(part, factor) {
    const name = part.letters[factor.symbol];
    return name && this.canBeAsked(name) && factor.index.length === this.tensor(name).shape.length
      ? { name, index: factor.index }
      : null;
  }

  /** The image of the batch that pulls hardest at a parameter. @param {Address} address */
  pulling(address) {
    const totals = Array.from({ length: this.images }, () => 0);
    for (const part of this.explain(address).parts) {
      for (const term of part.terms) if ("n" in term.index) totals[term.index.n] += term.product;
    }
    return totals.reduce(
      (best, each, n) => (Math.abs(each) > Math.abs(totals[best]) ? n : best),
      0,
    );
  }

  /** The number of largest size in a tensor, or in a part of it.
   * @param {string} name
   * @param {number | null} [first] the only first index that counts: one image, or one filter
   * @returns {Address} */
  strongest(name, first = null) {
    const tensor = this.tensor(name);
    const count = first === null ? tensor.numbers.length : tensor.steps[0];
    const start = first === null ? 0 : first * count;
    let best = start;
    for (let place = start; place < start + count; place += 1) {
      if (Math.abs(tensor.numbers[place]) > Math.abs(tensor.numbers[best])) best = place;
    }
    const index = tensor.shape.map((size, axis) => Math.floor(best / tensor.steps[axis]) % size);
    return { name, index };
  }

  /** The number of a parameter that has the largest gradient, or of one of its filters.
   * @param {string} name such as conv1.weight @param {number | null} [filter] @returns {Address} */
  steepest(name, filter = null) {
    return { name, index: this.strongest(`${name}.gradient`, filter).index };
  }
}

/** Whose a number is, by its name: conv1 of conv1.weight. @param {string} name */
export function ownerOf(name) {
  return name.split(".")[0];
}

/** What a number is there: weight of conv1.weight; "" of input, probability and loss.
 * @param {string} name */
export function quantityOf(name) {
  return name.split(".")[1] ?? "";
}

/** @param {Address} address */
export function write({ name, index }) {
  return index.length ? `${name}[${index.join(",")}]` : name;
}

/** @param {Address | null} a @param {Address | null} b */
export function same(a, b) {
  return !!a && !!b && a.name === b.name && String(a.index) === String(b.index);
}

/** Whether the first place of an address is an image. @param {string} name */
export function ofImages(name) {
  return !/\.(weight|bias)(\.gradient)?$/.test(name) && name !== "loss";
}

/** Whether a layer is a convolution, whose weights slide over its input.
 * @param {Layer | undefined} node */
export function hasFilters(node) {
  return Boolean(node?.facts.has_filters);
}

/** Whether a number is trained. @param {Address} address */
export function isParameter({ name }) {
  return /\.(weight|bias)$/.test(name);
}

/** What the indices of an address mean, in words. @param {Address} address */
export function places({ name, index }) {
  const words =
    PLACES[`${quantityOf(name) || name} ${index.length}`] ?? PLACES[`map ${index.length}`];
  return index
    .map((at, axis) => (words?.[axis] ?? "index").replace(/( of the batch)?$/, ` ${at}$1`))
    .join(", ");
}

/** What a number is, and where, for those who do not know its name yet. @param {Address} address */
export function meaning(address) {
  const layer = ownerOf(address.name);
  const what = {
    error: `the error at the output of ${layer}`,
    output: `the output of ${layer}`,
    weight: `a weight of ${layer}`,
    bias: `a bias of ${layer}`,
  }[quantityOf(address.name)];
  return [what ?? layer, places(address)].filter(Boolean).join("; ");
}

/** @type {Record<string, string[]>} */
const PLACES = {
  "weight 4": ["filter", "channel", "row", "column"],
  "weight 2": ["unit", "input"],
  "weight 1": ["channel"],
  "bias 1": ["filter or unit"],
  "probability 2": ["image of the batch", "class"],
  "map 4": ["image of the batch", "map", "row", "column"],
  "map 2": ["image of the batch", "unit"],
};

/** What the sum of an explanation is: the number itself, or how the loss changes with it.
 * @param {Explanation} explanation */
export function title({ address, explained }) {
  const error = address.name.endsWith(".error");
  return explained === "value" || error ? write(address) : `dL/d ${write(address)}`;
}
