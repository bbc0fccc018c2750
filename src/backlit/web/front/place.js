/** Where the page says what is looked at: in its address, and in the browser's history.
 *
 * A page may be embedded so that relative addresses are those of the page around it (`srcdoc`), or that it
 * may not change its own.  So an address is written in whole, each step is kept in the history's state,
 * too, and where a browser takes neither, the page works all the same. */

/** What was kept last; behind an address that somebody typed, that. @returns {string} */
export function place() {
  const { look } = history.state ?? {};
  return typeof look === "string" ? look : location.hash;
}

/** Say what is looked at.
 * @param {string} hash for the page's address, with its "#"
 * @param {boolean} [step] whether Back is to take it back */
export function keep(hash, step = false) {
  if (isBorrowed()) return;
  const whole = location.href.split("#")[0] + hash;
  for (const url of [whole, undefined]) {
    try {
      const how = step ? "pushState" : "replaceState";
      history[how]({ look: hash }, "", url);
      return;
    } catch {
      // The browser does not let this page change its address, or not as often.
    }
  }
}

/** Whether the address is that of the page around this one, which has written it into a frame: Back would
 * load the other page in its place. */
function isBorrowed() {
  try {
    const outer = parent.location.href.split("#")[0];
    return parent !== window && outer === location.href.split("#")[0];
  } catch {
    return false; // the page around is of another origin, so that its address is another, too
  }
}

/** Call a function whenever the place becomes another one by itself, as by Back; gives back what ends that.
 * @param {() => void} moved */
export function follow(moved) {
  const events = ["popstate", "hashchange"];
  events.forEach((each) => addEventListener(each, moved));
  return () => events.forEach((each) => removeEventListener(each, moved));
}
