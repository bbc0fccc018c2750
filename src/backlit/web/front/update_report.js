/** The update report: the real update of a weight and the nudge, which only Python can work out. */

import { useEffect, useState } from "./vendor/preact.js";
import { isParameter, write } from "./model.js";

/** @import { UpdateReport } from "./document.js" */
/** @import { Live } from "./live.js" */
/** @import { Address, Model } from "./model.js" */

const UNKNOWN = { report: null, problem: "" };
const PAUSE = 150; // milliseconds in which somebody may have gone on to another weight

/** The report, null until it is known, and why it is not to be had; a page in a file knows it of the
 * weight alone that it began with.
 * @param {Model} model @param {Live | null} live @param {Address} address
 * @returns {{report: UpdateReport | null, problem: string}} */
export function useUpdateReport(model, live, address) {
  const key = write(address);
  const [found, setFound] = useState(
    /** @type {{model: Model, key: string, report: UpdateReport | null, problem: string} | null} */ (
      null
    ),
  );
  useEffect(() => {
    if (!live || !isParameter(address)) return undefined;
    const unwanted = new AbortController();
    const timer = setTimeout(() => {
      live.updateReport(address, unwanted.signal).then(
        (report) => !unwanted.signal.aborted && setFound({ model, key, report, problem: "" }),
        (/** @type {Error} */ { message: problem }) =>
          !unwanted.signal.aborted && setFound({ model, key, report: null, problem }),
      );
    }, PAUSE);
    return () => {
      unwanted.abort();
      clearTimeout(timer);
    };
  }, [model, key]);
  if (live) return found?.model === model && found.key === key ? found : UNKNOWN;
  const { update_report: report } = model.document;
  return report?.address === key ? { report, problem: "" } : UNKNOWN;
}
