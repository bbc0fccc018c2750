/** The data of a page, as `web/document.py` writes them, and the equations in them, `views/data/algebra.py`. */

export interface PageDocument {
  format: number;
  title: string;
  engine: string;
  dtype: string;
  /** whether layers worked as in a training step */
  training: boolean;
  /** how batch norm and dropout work in this pass, in words; empty where there are none */
  mode: string;
  classes: string[];
  labels: number[];
  /** the numbers of the images in their data set */
  indices: number[];
  input: { shape: number[] };
  /** the layer whose output the scores are */
  output: string;
  nodes: Layer[];
  loss: Loss;
  equations: Equation[];
  tensors: Record<string, TensorData>;
  /** only in a page that is served */
  live?: Offered;
  edits?: Edit[];
  /** what is said above everything else */
  note?: string;
  /** of a page in a file: what serves the same page; empty where nothing does */
  command: string;
  /** what was done to raw pictures, channel by channel */
  normalization?: { mean: number[]; std: number[] } | null;
  /** how the network was trained; null if that is not known */
  course?: Course | null;
  /** of the weight that a page in a file begins with */
  update_report?: UpdateReport | null;
  /** of the same weight, and the image that the page begins with */
  flip?: Flip | null;
}

/** How far a number must change until an image gets another answer; `explain/flip.py`. */
export interface Flip {
  address: string;
  image: number;
  /** null where no such value was found */
  at: number | string | null;
  sentence: string;
}

/** An optimizer and its options. */
export type Optimizer = { optimizer: string; learning_rate: number } & Record<string, unknown>;

/** What a weight's real update is, and what the loss does when it is nudged; `web/update_report.py`. */
export interface UpdateReport {
  address: string;
  /** whether the next step of the training that one looks on leaves it as it is */
  frozen?: boolean;
  /** null where it is not known how the network was trained */
  update: {
    optimizer: Optimizer;
    /** whether it is W ← W − η·dW and nothing else */
    plain: boolean;
    lines: {
      symbol: string;
      equation: string;
      numbers: string;
      value: number | string;
      /** significant ones of the value, with which the line can be worked out by hand */
      digits: number;
    }[];
    /** whether what the optimizer keeps from step to step is known */
    memory: "none" | "first" | "given";
    letters: string[];
    sentence: string;
  } | null;
  /** only a sentence where the weight is too large to be nudged */
  nudge: { sentence: string } & Partial<
    Record<"epsilon", number> &
      Record<"loss_minus" | "loss_plus" | "measured" | "gradient", number | string>
  >;
}

/** A training: its epochs, and the film of its filters. */
export interface Course {
  epochs: Record<string, number | string | null>[];
  stopped: string | null;
  /** the optimizer and its options */
  rule: Optimizer;
  /** the same, what its rate does, and clipping, in words */
  words: string;
  /** whether every step was W ← W − η·dW with the same η */
  plain: boolean;
  film: Film | null;
  /** how well the network did on images that it had not seen */
  test?: { accuracy: number; loss: number; images: number } | null;
}

/** Filters at some steps of a training; each tensor has an axis for the frames in front. */
export interface Film {
  steps: number[];
  losses: (number | null)[];
  accuracies: (number | null)[];
  weights: Record<string, TensorData>;
}

export interface TensorData {
  shape: number[];
  dtype: string;
  data: string;
}

/** What a server offers. */
export interface Offered {
  normalization: { mean: number[]; std: number[] } | null;
  images: number;
  /** images of a batch that were asked for; the last batch may have fewer */
  count: number;
  /** whether the server can train such a network once more */
  has_trainer: boolean;
  /** after how many steps of that training this is the network; null for the run's own */
  at_step: number | null;
  /** whether the images are those that the step after it learns from */
  upcoming: boolean;
  /** the learning rate of that step */
  rate?: number | null;
  /** what white is to the network where pictures are not normalized */
  white: number;
}

/** Where a training stands that one looks on. */
export interface Progress {
  step: number;
  steps: number;
  batches: number;
  running: boolean;
  finished: boolean;
  problem: string;
  rate: number;
  /** the step of the first of the losses, from 0 */
  first: number;
  losses: (number | string)[];
  accuracy: number | string | null;
  weights: Record<string, TensorData>;
  /** those that have something to learn */
  layers: string[];
  /** those that the next steps leave as they are */
  frozen: string[];
}

/** A number that was changed by hand, or a step for all weights and the loss before it. */
export type Edit =
  | { address: string; value: number; descend?: undefined; layer?: undefined; freeze?: undefined }
  | {
      descend: number;
      loss?: EarlierLoss;
      address?: undefined;
      layer?: undefined;
      freeze?: undefined;
    }
  /** one of a layer's output maps, held at a value */
  | {
      layer: string;
      channel: number;
      value: number;
      loss?: EarlierLoss;
      address?: undefined;
      descend?: undefined;
      freeze?: undefined;
    }
  | { freeze: string; address?: undefined; descend?: undefined; layer?: undefined };

/** Of the images, before the edit. */
type EarlierLoss = number | string;

/** What its equations work on. */
export interface Work {
  title: string;
  notes: string[];
  /** the tensors behind the letters of the equations */
  letters: Record<string, string>;
  sizes: Record<string, number>;
  /** lines of Python by what they compute */
  book: Record<string, string>;
}

/** A layer; equations are given by their places in the document's list. */
export interface Layer extends Work {
  name: string;
  /** the name of its class, which is shown and never asked: what it is like is in its facts */
  kind: string;
  facts: Facts;
  operation: string;
  inputs: string[];
  shape: number[];
  parameters: Record<string, number[]>;
  groups: number;
  /** of a batch norm: what keeps its division away from 0 */
  eps: number | null;
  /** of a function of one number: it and its slope are made of numbers up to scale · (1 + |X|) */
  scale: number | null;
  window: [Axis, Axis] | null;
  forward: number;
  gradients: Record<string, number>;
  /** other forms of the gradient for the input */
  faces: Record<string, number>;
}

/** What a layer is like, as it says itself; `Layer.facts` in `layers/base.py`. */
export interface Facts {
  family:
    | "convolution"
    | "dense"
    | "flatten"
    | "activation"
    | "pool"
    | "add"
    | "concat"
    | "normalization"
    | "dropout";
  /** numbers at which an activation goes on with another formula */
  breaks: number[];
  /** intervals in which an activation's slope is 0; null is an end at infinity */
  flat: [low: number | null, high: number | null][];
  /** whether its weights are small images that slide over its input */
  has_filters: boolean;
  /** whether each output belongs to the place of the input with the same index */
  keeps_place: boolean;
  /** whether it keeps some errors from passing */
  stops: boolean;
  /** whether each output is one of its inputs, which gets the whole error */
  winner_takes_error: boolean;
}

export interface Windowed extends Layer {
  window: [Axis, Axis];
}

export interface Loss extends Work {
  probability: number;
  loss: number;
  error: number;
}

/** How a window moves along one axis. */
export interface Axis {
  size: number;
  kernel: number;
  stride: number;
  before: number;
  after: number;
  dilation: number;
  output: number;
}

export interface Equation {
  name: string;
  kind: string;
  text: string;
  mathml: string;
  /** the loops that compute one element; all of them at once, where each is added up from many */
  python: string;
  scatters: boolean;
  words: string;
  conditions: string[];
  /** what each letter means, by its role, such as "index:u" */
  letters: Record<string, string>;
  symbol: string;
  at: Place[] | null;
  right: Expression;
  /** the equations of what is only computed on the way */
  sources: Equation[];
  /** why products are left out */
  skipped: string;
}

/** A whole number: products of a coefficient and atoms, added up. */
export type Place = [factor: number, atoms: Atom[]][];
export type Atom =
  | string
  | [kind: "whole", inner: Place]
  | [kind: "floor" | "remainder" | "quotient", above: Place, below: Place];

/** Of everything but a read, the last item is how it is written. */
export type Expression =
  | Reading
  | Summing
  | [kind: "constant", value: number, text: string]
  | [kind: "scalar", symbol: string, text: string]
  | [kind: "size", place: Place, text: string]
  | [kind: "total", parts: [sign: number, part: Expression][], text: string]
  | [kind: "product", factors: Expression[], text: string]
  | Ratio
  | [kind: "power", base: Expression, exponent: number, text: string]
  | [kind: "call", name: string, given: Expression[], text: string]
  | [kind: "wins", window: Summing, at: Place[], text: string]
  | [kind: "indicator", condition: Comparison, text: string]
  | Cases;

export type Reading = [
  kind: "read",
  symbol: string,
  places: Place[] | null,
  sizes: (Place | null)[] | null,
];

/** A sum, or the largest, over loops. */
export type Summing = [
  kind: "sum" | "maximum",
  loops: [symbol: string, start: Place, count: Place][],
  body: Expression,
  lets: [symbol: string, place: Place, size: Place | null][],
  only: Comparison | null,
  text: string,
];

export type Ratio = [kind: "ratio", above: Expression, below: Expression, text: string];
export type Cases = [
  kind: "cases",
  branches: [value: Expression, condition: Comparison | null][],
  text: string,
];
export type Comparison = [relation: string, left: Expression, right: Expression];
