/** Requests to the server that a page came from; a page in a file has none. */

/**
 * @param {string} path
 * @param {object} body
 * @param {AbortSignal} [signal] that nobody waits for the answer any more
 * @returns {Promise<any>} the answer; rejected with the server's sentence
 */
export async function post(path, body, signal) {
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
