/** What a reader wrote: kept in this browser, or carried by a link. */

const PREFIX = "backlit-playground:";
const CODE = "#code=";

/** Keep a program under a name.  Where a browser keeps nothing, it is not kept.
 * @param {string} name @param {string} text */
export function keep(name, text) {
  try {
    localStorage.setItem(PREFIX + name, text);
  } catch {
    // Private windows and full disks: the page works without.
  }
}

/** @param {string} name @returns {string | null} */
export function kept(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** An address that holds a program. @param {string} text */
export async function link(text) {
  const packed = await through(
    new CompressionStream("deflate-raw"),
    new TextEncoder().encode(text),
  );
  const bytes = Array.from(packed, (byte) => String.fromCharCode(byte)).join("");
  const letters = btoa(bytes);
  return CODE + letters.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The program in an address; null where there is none, or a damaged one. @param {string} hash */
export async function linked(hash) {
  if (!hash.startsWith(CODE)) return null;
  try {
    const letters = atob(hash.slice(CODE.length).replaceAll("-", "+").replaceAll("_", "/"));
    const packed = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
    return new TextDecoder().decode(await through(new DecompressionStream("deflate-raw"), packed));
  } catch {
    return null;
  }
}

/** @param {CompressionStream | DecompressionStream} stream @param {Uint8Array<ArrayBuffer>} bytes */
async function through(stream, bytes) {
  const out = new Response(new Blob([bytes]).stream().pipeThrough(stream));
  return new Uint8Array(await out.arrayBuffer());
}
