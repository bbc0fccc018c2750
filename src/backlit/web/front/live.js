/** What a served page can do beyond looking: every request goes to the server that it came from. */

import { useRef, useState } from "./vendor/preact.js";
import { Model, write } from "./model.js";

/** @import { Edit, Flip, Offered, Progress, UpdateReport } from "./document.js" */
/** @import { Address } from "./model.js" */
/** What the page is to show: a batch of the run, or a picture of one's own; some numbers changed,
 * by hand or by a step of gradient descent.  See `web/requests.py`.
 * @typedef {{first?: number, count?: number, in_training?: boolean, edits?: Edit[],
 *   picture?: number[][][], label?: number | null, at_step?: number,
 *   upcoming?: boolean}} ViewRequest */
/** How a picture file was read. @typedef {{picture: number[][][], inverted: boolean, framed: string}} ReadPicture */
/** What a served page can do: what the server offers, and a function for each request.  What
 * answers them is `Live` in `web/live.py`.
 * @typedef {Offered & Shown & Requests} Live */
/** What is shown: the size of the batch that was asked for, whether it is a picture of one's own,
 * and the class that was given for it.
 * @typedef {{count: number, drawn: boolean, label: number | null | undefined}} Shown */
/**
 * @typedef {object} Requests
 * @property {(wanted: ViewRequest) => Promise<void>} show this
 * @property {(more: ViewRequest) => Promise<void>} also the same as now but for this
 * @property {(inTraining: boolean) => Promise<void>} mode as in a training step, or in evaluation
 * @property {(address: Address, value: number) => Promise<void>} edit
 * @property {(rate: number) => Promise<void>} descend
 * @property {(layer: string, channel: number, value: number) => Promise<void>} clamp hold an output map
 * @property {(layer: string) => Promise<void>} freeze leave its weights as they are in later steps
 * @property {(all: boolean) => Promise<void>} undo
 * @property {(address: Address, signal: AbortSignal) => Promise<UpdateReport>} updateReport
 * @property {(address: Address, image: number, signal: AbortSignal) => Promise<Flip>} flip
 * @property {(file: string, invert: boolean | null) => Promise<ReadPicture>} picture
 * @property {(address: Address, offsets: number[], signal: AbortSignal) => Promise<number[]>} losses
 * @property {(action: string, since: number, more: {pace?: number, layer?: string}) => Promise<Progress>} train
 */

const LONG = 200; // milliseconds after which it is said that something is being computed

/** What a served page can do; null for a page in a file.
 * @param {Model} model @param {(model: Model) => void} setModel
 * @returns {{live: Live | null, problem: string, busy: boolean}} busy once it takes long */
export function useLive(model, setModel) {
  // The last request, whether or not its answer is there yet: the next one adds to it.
  const latestRequest = useRef(/** @type {ViewRequest} */ ({}));
  const shown = useRef(/** @type {ViewRequest} */ ({}));
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const loading = useRef(new AbortController()); // which ends the request that is under way
  const offered = model.document.live;
  // A batch at the end of the images may be smaller; the next one is as large as was asked for.
  const { indices, training } = model.document;
  const batch = useRef({ first: indices[0], count: offered?.count ?? indices.length });
  // One picture has no statistics of its own, and is not to be left out in parts.
  const modes = useRef({ images: training, picture: !model.document.mode });
  if (!offered) return { live: null, problem, busy };
  /** @param {ViewRequest} wanted */
  const modeOf = (wanted) =>
    wanted.upcoming || modes.current[wanted.picture ? "picture" : "images"];
  const load = async (/** @type {ViewRequest} */ wanted) => {
    loading.current.abort(); // who asks for something else does not wait for what was before
    const mine = new AbortController();
    loading.current = mine;
    latestRequest.current = wanted;
    const timer = setTimeout(() => mine === loading.current && setBusy(true), LONG);
    try {
      const found = await post("document", { ...wanted, in_training: modeOf(wanted) }, mine.signal);
      if (mine !== loading.current) return;
      shown.current = wanted;
      setProblem("");
      setModel(new Model({ ...found, course: model.document.course }));
    } catch (error) {
      if (mine !== loading.current) return;
      latestRequest.current = shown.current;
      setProblem(/** @type {Error} */ (error).message);
    } finally {
      clearTimeout(timer);
      if (mine === loading.current) setBusy(false);
    }
  };
  const request = () => ({ ...batch.current, ...latestRequest.current });
  const edits = () => latestRequest.current.edits ?? [];
  const here = request();
  const now = { ...here, in_training: modeOf(here) };
  const live = {
    ...offered,
    count: now.count,
    drawn: Boolean(now.picture),
    label: now.label,
    show: (/** @type {ViewRequest} */ wanted) => load({ ...batch.current, ...wanted }),
    also: (/** @type {ViewRequest} */ more) => load({ ...request(), ...more }),
    mode: (/** @type {boolean} */ to) => {
      modes.current[latestRequest.current.picture ? "picture" : "images"] = to;
      return load(request());
    },
    edit: (/** @type {Address} */ address, /** @type {number} */ value) =>
      load({ ...request(), edits: [...edits(), { address: write(address), value }] }),
    clamp: (
      /** @type {string} */ layer,
      /** @type {number} */ channel,
      /** @type {number} */ value,
    ) => load({ ...request(), edits: [...edits(), { layer, channel, value }] }),
    freeze: (/** @type {string} */ layer) =>
      load({ ...request(), edits: [...edits(), { freeze: layer }] }),
    descend: (/** @type {number} */ rate) =>
      load({ ...request(), edits: [...edits(), { descend: rate }] }),
    undo: (/** @type {boolean} */ all) =>
      load({ ...request(), edits: all ? [] : edits().slice(0, -1) }),
    updateReport: (/** @type {Address} */ address, /** @type {AbortSignal} */ signal) =>
      post("update-report", { ...now, address: write(address) }, signal),
    flip: (
      /** @type {Address} */ address,
      /** @type {number} */ image,
      /** @type {AbortSignal} */ signal,
    ) => post("flip", { ...now, address: write(address), image }, signal),
    picture: (/** @type {string} */ file, /** @type {boolean | null} */ invert) =>
      post("picture", { file, invert }),
    losses: async (
      /** @type {Address} */ address,
      /** @type {number[]} */ offsets,
      /** @type {AbortSignal} */ signal,
    ) =>
      (await post("losses", { ...now, address: write(address), offsets }, signal)).losses.map(
        Number,
      ),
    train: (
      /** @type {string} */ wanted,
      /** @type {number} */ since,
      /** @type {{pace?: number, layer?: string}} */ more,
    ) => post("trainer", { do: wanted, since, ...more }),
  };
  return { live, problem, busy };
}

/** A request to the server.
 * @param {string} path
 * @param {object} body
 * @param {AbortSignal} [signal] that nobody waits for the answer any more
 * @returns {Promise<any>} the answer; rejected with the server's sentence
 */
async function post(path, body, signal) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  const found = await answer
    .json()
    .catch(() => ({ error: `the server answered ${answer.status}` }));
  if (!answer.ok) throw new Error(found.error ?? `the server answered ${answer.status}`);
  return found;
}
