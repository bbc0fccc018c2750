/** What is being looked at: one number, one image, one view.  It is kept in the page's address. */

import { useEffect, useState } from "./vendor/preact.js";
import { ofImages, write } from "./model.js";
import { bestView } from "./near.js";
import { follow, keep, place } from "./place.js";
import { answer } from "./questions.js";

/** @typedef {import("./model.js").Address} Address */
/** @typedef {{address: Address, image: number, view: string, detail: string,
 *   question?: string}} Look */
/** @typedef {{hash?: boolean, onLook?: (look: Look) => void}} Options */

/** What is looked at, and how to look elsewhere.
 * @param {import("./model.js").Model} model @param {Look} first
 * @param {Options} options whether the page's address follows, and who else wants to know */
export function useLook(model, first, { hash: follows = true, onLook }) {
  const [look, setLook] = useState(() => (follows && read(model, place(), first)) || first);
  useEffect(() => {
    if (!follows) return undefined;
    // So that Back leads to where the page began, too; and an address without sense does not stay.
    if (read(model, place(), look) === null) keep(hash(look));
    return follow(() =>
      setLook((/** @type {Look} */ old) => {
        const found = read(model, place(), old);
        if (!found) keep(hash(old));
        return found ?? old;
      }),
    );
  }, [model, follows]);

  /** Look elsewhere; the view "best" is the one that shows most of the number.
   * @param {Partial<Look>} change */
  const go = (change) => {
    const next = tidy({ ...look, detail: "", question: "", ...change });
    if (next.view === "best") next.view = bestView(next.address, model);
    if (follows) {
      // Another place is a step that Back takes back; another image or position is not.
      const elsewhere =
        next.view !== look.view ||
        next.address.name !== look.address.name ||
        (next.question && next.question !== look.question);
      keep(hash(next), Boolean(elsewhere));
    }
    setLook(next);
    onLook?.(next);
  };
  return { look: fitting(model, look), go };
}

/** The image of the address and the image that is looked at are one. @param {Look} look */
export function tidy(look) {
  if (!ofImages(look.address.name)) return look;
  return { ...look, image: look.address.index[0] };
}

/** The same place in another batch, which may be smaller.
 * @param {import("./model.js").Model} model @param {Look} look @returns {Look} */
function fitting(model, look) {
  if (look.image < model.images) return look;
  const { name, index } = look.address;
  const moved = ofImages(name) ? [0, ...index.slice(1)] : index;
  return { ...look, image: 0, address: { name, index: moved } };
}

/** @param {Look} look */
export function hash({ address, image, view, detail, question }) {
  if (question) return `#question/${question}`;
  return `#${view}/${write(address)}/${image}${detail ? `/${detail}` : ""}`;
}

/** What an address of the page leads to; null where it leads nowhere.
 * @param {import("./model.js").Model} model @param {string} text
 * @param {Look} here what is looked at now
 * @returns {Look | null} */
export function read(model, text, here) {
  const [view, written = "", image = "0", detail = ""] = decoded(text).split("/");
  if (view === "question") return answer(model, written, here);
  const address = model.parse(written);
  const number = Number(image);
  const there = Number.isInteger(number) && number >= 0 && number < model.images;
  return address && there ? tidy({ address, image: number, view, detail }) : null;
}

/** The part behind the #; nothing where it is damaged. @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text.replace(/^#/, ""));
  } catch {
    return "";
  }
}
