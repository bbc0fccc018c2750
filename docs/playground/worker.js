/** Python in a worker: it can be busy, or hang, without the page noticing, and can be ended. */

import { loadPyodide } from "./pyodide/pyodide.mjs";

const here = (/** @type {string} */ path) => new URL(path, import.meta.url);
const tell = (/** @type {Record<string, unknown>} */ message) => postMessage(message);

/** Python, with backlit's rooms that need nothing but the standard library. */
async function start() {
  const archive = fetch(here("./backlit.zip")).then((answer) => {
    if (!answer.ok) throw new Error(`backlit.zip: ${answer.status} ${answer.statusText}`);
    return answer.arrayBuffer();
  });
  const python = await loadPyodide({ indexURL: here("./pyodide/").href });
  const write = (/** @type {string} */ stream) => ({
    batched: (/** @type {string} */ line) => tell({ kind: "output", stream, line }),
  });
  python.setStdout(write("out"));
  python.setStderr(write("err"));
  python.setStdin({ error: true });
  python.unpackArchive(await archive, "zip", { extractDir: "/backlit" });
  const version = python.runPython(
    "import sys; sys.path.insert(0, '/backlit'); sys.version.split()[0]",
  );
  return { module: python.pyimport("playground"), version };
}

const starting = start();
starting.then(
  ({ module, version }) => {
    tell({ kind: "ready", version });
    module.answer("warm", "{}"); // so that the first check takes no longer than the next ones
  },
  (problem) => tell({ kind: "broken", problem: String(problem) }),
);

onmessage = async ({ data: { id, task, given } }) => {
  const { module } = await starting;
  const watch = (/** @type {string} */ told) => tell({ kind: "watch", ...JSON.parse(told) });
  try {
    // What goes in and comes out is JSON, so nothing of Python's is left behind here.
    const answer = JSON.parse(module.answer(task, JSON.stringify(given), watch));
    tell({ kind: "answer", id, answer });
  } catch (problem) {
    tell({ kind: "answer", id, problem: String(problem) });
  }
};
