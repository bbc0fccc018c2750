/** The page as a widget of a notebook: what is looked at is known to Python too, both ways. */

import { mount } from "./app.js";
import { widget } from "./colors.js";
import { ofImages, write } from "./model.js";

/** @typedef {import("./state.js").Look} Look */

/** Called by anywidget for every place where the widget is shown.
 * @param {{model: any, el: HTMLElement}} given Python's side, and the element to fill */
export function render({ model: python, el }) {
  const root = document.createElement("div");
  root.className = "backlit-widget";
  el.replaceChildren(root);
  const forget = adapt(root);
  const asked = Object.fromEntries(TOLD.map((name) => [name, python.get(name)]));
  /** @type {Look | null} */
  let look = null;
  const onLook = (/** @type {Look} */ next) => {
    look = next;
    tell(python, next);
  };
  const shown = mount(root, python.get("document"), asked, { hash: false, onLook });
  shown.go({}); // where it begins is news, too
  let waiting = false;
  const follow = () => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false; // what was set together has all been set by now
      if (!look) return;
      const [now, next] = [told(look), wanted(python, shown.model(), look)];
      if (TOLD.some((name) => told(next)[name] !== now[name])) shown.go(next);
    });
  };
  for (const name of TOLD) python.on(`change:${name}`, follow);
  return () => {
    for (const name of TOLD) python.off(`change:${name}`, follow);
    forget();
    shown.close();
  };
}

const TOLD = ["address", "image", "view"];

/** A look as Python knows it. @param {Look} look @returns {Record<string, any>} */
function told(look) {
  return { address: write(look.address), image: look.image, view: look.view };
}

/** Tell Python what is looked at, if it does not know. @param {any} python @param {Look} look */
function tell(python, look) {
  const news = told(look);
  const changed = TOLD.filter((name) => python.get(name) !== news[name]);
  for (const name of changed) python.set(name, news[name]);
  if (changed.length) python.save_changes();
}

/** What Python wants to be looked at, beside what it leaves as it is.
 * @param {any} python @param {import("./model.js").Model} model @param {Look} look
 * @returns {Look} */
function wanted(python, model, look) {
  const change = { ...look };
  const address = model.parse(python.get("address") ?? "");
  const image = python.get("image") ?? look.image;
  if (address && write(address) !== write(look.address)) change.address = address;
  else if (image !== look.image && ofImages(look.address.name)) {
    change.address = { ...look.address, index: [image, ...look.address.index.slice(1)] };
  }
  return { ...change, image, view: python.get("view") ?? look.view };
}

/** Be light or dark as the notebook is, which its text tells, and go with it when it changes.
 * @param {HTMLElement} root */
function adapt(root) {
  widget.element = root;
  const follow = () => {
    const found = surrounding(root);
    if (found === root.dataset.surrounding) return;
    root.dataset.surrounding = root.dataset.theme = found;
    dispatchEvent(new Event("themechange"));
  };
  let waiting = 0;
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(follow, 300); // a notebook's style sheet may arrive after its name
  };
  const watch = new MutationObserver(later);
  for (const element of [document.documentElement, document.body]) {
    watch.observe(element, { attributes: true });
  }
  follow();
  return () => {
    watch.disconnect();
    clearTimeout(waiting);
  };
}

/** @param {HTMLElement} root */
function surrounding(root) {
  const text = getComputedStyle(root.parentElement ?? document.body).color;
  const [red, green, blue] = (text.match(/[\d.]+/g) ?? ["0", "0", "0"]).map(Number);
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? "dark" : "light";
}
