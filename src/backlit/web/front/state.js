/** What is being looked at: one number, one image, one view.  It is kept in the page's address. */

import { useEffect, useState } from "./vendor/preact.js";
import { ofImages, write } from "./model.js";

/** @typedef {import("./model.js").Address} Address */
/** @typedef {{address: Address, image: number, view: string}} Look */

/** @param {import("./model.js").Model} model @param {Look} first */
export function useLook(model, first) {
  const [look, setLook] = useState(() => read(model, location.hash) ?? first);
  useEffect(() => {
    const follow = () => setLook((/** @type {Look} */ old) => read(model, location.hash) ?? old);
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, [model]);

  /** @param {Partial<Look>} change */
  const go = (change) => {
    setLook((/** @type {Look} */ old) => {
      const next = tidy({ ...old, ...change });
      history.replaceState(null, "", hash(next));
      return next;
    });
  };
  return { look, go };
}

/** The image of the address and the image that is looked at are one. @param {Look} look */
function tidy(look) {
  if (!ofImages(look.address.name)) return look;
  return { ...look, image: look.address.index[0] };
}

/** @param {Look} look */
export function hash({ address, image, view }) {
  return `#${view}/${write(address)}/${image}`;
}

/** @param {import("./model.js").Model} model @param {string} text @returns {Look | null} */
export function read(model, text) {
  const [view, written, image] = decodeURIComponent(text.replace(/^#/, "")).split("/");
  const address = model.parse(written ?? "");
  const number = Number(image ?? 0);
  if (!address || !(number >= 0 && number < model.images)) return null;
  return tidy({ address, image: number, view });
}
