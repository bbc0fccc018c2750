/** What only Python can tell of a weight: its real update, and the nudge. */

import { useEffect, useState } from "./vendor/preact.js";
import { isParameter, write } from "./model.js";

/** @import { Told } from "./document.js" */
/** @import { Live } from "./live.js" */
/** @import { Address, Model } from "./model.js" */

const PAUSE = 150; // milliseconds in which somebody may have gone on to another weight

/** Null until it is known; a page in a file knows it of the weight alone that it began with.
 * @param {Model} model @param {Live | null} live @param {Address} address @returns {Told | null} */
export function useTold(model, live, address) {
  const key = write(address);
  const [found, setFound] = useState(
    /** @type {{model: Model, key: string, told: Told} | null} */ (null),
  );
  useEffect(() => {
    if (!live || !isParameter(address)) return undefined;
    const unwanted = new AbortController();
    const timer = setTimeout(() => {
      live.told(address, unwanted.signal).then(
        (/** @type {Told} */ told) => !unwanted.signal.aborted && setFound({ model, key, told }),
        () => {}, // who asked for the numbers around it is told of a problem there
      );
    }, PAUSE);
    return () => {
      unwanted.abort();
      clearTimeout(timer);
    };
  }, [model, key]);
  if (live) return found?.model === model && found.key === key ? found.told : null;
  const { told } = model.document;
  return told?.address === key ? told : null;
}
