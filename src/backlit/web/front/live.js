/** What a served page can do beyond looking: everything is asked of the server that it came from. */

import { useRef, useState } from "./vendor/preact.js";
import { Model, write } from "./model.js";
import { ask } from "./remote.js";

/** @typedef {import("./model.js").Address} Address */
/** What can be asked for: a batch of the run, or a picture of one's own; some numbers changed.
 * @typedef {{first?: number, count?: number, training?: boolean,
 *   edits?: import("./document.js").Edit[], picture?: number[][][],
 *   label?: number | null, trained?: number, upcoming?: boolean}} Wish */
/** How a picture file was read. @typedef {{picture: number[][][], inverted: boolean, framed: string}} ReadPicture */
/** @typedef {import("./document.js").Offered & {
 *   count: number, drawn: boolean, show: (wish: Wish) => Promise<void>, also: (wish: Wish) => Promise<void>, mode: (training: boolean) => Promise<void>, edit: (address: Address, value: number) => Promise<void>,
 *   label: number | null | undefined, descend: (rate: number) => Promise<void>,
 *   told: (address: Address, signal: AbortSignal) => Promise<import("./document.js").Told>,
 *   picture: (file: string, invert: boolean | null) => Promise<ReadPicture>,
 *   undo: (all: boolean) => Promise<void>, losses: (address: Address, offsets: number[], signal: AbortSignal) => Promise<number[]>,
 *   train: (wish: string, since: number, pace: number) => Promise<import("./document.js").Progress>}} Live */

/** What serves the page of a run. */
export const SERVE = "backlit serve RUN";

const LONG = 200; // milliseconds after which it is said that something is being computed

/** What a served page can do; null for a page in a file.
 * @param {Model} model @param {(model: Model) => void} setModel
 * @returns {{live: Live | null, problem: string, busy: boolean}} busy once it takes long */
export function useLive(model, setModel) {
  // What was asked for last, whether or not it is there yet: the next wish adds to it.
  const wish = useRef(/** @type {Wish} */ ({}));
  const shown = useRef(/** @type {Wish} */ ({}));
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const latest = useRef(new AbortController());
  const offered = model.document.live;
  // A batch at the end of the images may be smaller; the next one is as large as was asked for.
  const { indices, training } = model.document;
  const batch = useRef({ first: indices[0], count: offered?.count ?? indices.length });
  // One picture has no statistics of its own, and is not to be left out in parts.
  const modes = useRef({ images: training, picture: !model.document.mode });
  if (!offered) return { live: null, problem, busy };
  /** @param {Wish} asked */
  const modeOf = (asked) => asked.upcoming || modes.current[asked.picture ? "picture" : "images"];
  const load = async (/** @type {Wish} */ asked) => {
    latest.current.abort(); // who asks for something else does not wait for what was before
    const mine = new AbortController();
    latest.current = mine;
    wish.current = asked;
    const timer = setTimeout(() => mine === latest.current && setBusy(true), LONG);
    try {
      const found = await ask("document", { ...asked, training: modeOf(asked) }, mine.signal);
      if (mine !== latest.current) return;
      shown.current = asked;
      setProblem("");
      setModel(new Model({ ...found, course: model.document.course }));
    } catch (error) {
      if (mine !== latest.current) return;
      wish.current = shown.current;
      setProblem(/** @type {Error} */ (error).message);
    } finally {
      clearTimeout(timer);
      if (mine === latest.current) setBusy(false);
    }
  };
  const wished = () => ({ ...batch.current, ...wish.current });
  const edits = () => wish.current.edits ?? [];
  const here = wished();
  const now = { ...here, training: modeOf(here) };
  const live = {
    ...offered,
    count: now.count,
    drawn: Boolean(now.picture),
    label: now.label,
    show: (/** @type {Wish} */ asked) => load({ ...batch.current, ...asked }),
    also: (/** @type {Wish} */ more) => load({ ...wished(), ...more }),
    mode: (/** @type {boolean} */ to) => {
      modes.current[wish.current.picture ? "picture" : "images"] = to;
      return load(wished());
    },
    edit: (/** @type {Address} */ address, /** @type {number} */ value) =>
      load({ ...wished(), edits: [...edits(), { address: write(address), value }] }),
    descend: (/** @type {number} */ rate) =>
      load({ ...wished(), edits: [...edits(), { descend: rate }] }),
    undo: (/** @type {boolean} */ all) =>
      load({ ...wished(), edits: all ? [] : edits().slice(0, -1) }),
    told: (/** @type {Address} */ address, /** @type {AbortSignal} */ signal) =>
      ask("told", { ...now, address: write(address) }, signal),
    picture: (/** @type {string} */ file, /** @type {boolean | null} */ invert) =>
      ask("picture", { file, invert }),
    losses: async (
      /** @type {Address} */ address,
      /** @type {number[]} */ offsets,
      /** @type {AbortSignal} */ signal,
    ) =>
      (await ask("losses", { ...now, address: write(address), offsets }, signal)).losses.map(
        Number,
      ),
    train: (
      /** @type {string} */ wanted,
      /** @type {number} */ since,
      /** @type {number} */ pace,
    ) => ask("training", wanted === "start" ? { do: wanted, since, pace } : { do: wanted, since }),
  };
  return { live, problem, busy };
}
