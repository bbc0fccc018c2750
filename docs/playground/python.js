/** The page's side of the worker in which Python runs. */

/** @typedef {{stream: "out" | "err", line: string}} Line */
/** @typedef {{id: number, resolve: (answer: any) => void, reject: (problem: Error) => void,
 *   onLine: (line: Line) => void}} Waiting */

/** One Python, started when it is first needed and anew after it was stopped. */
export class Python {
  /** @param {(state: string, detail: string) => void} onState what a reader may know of it: starting,
   *   ready (with its version), or broken (with the reason) */
  constructor(onState = () => {}) {
    this.onState = onState;
    /** @type {Worker | null} */
    this.worker = null;
    /** @type {Waiting | null} */
    this.waiting = null;
    this.asked = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** Begin to load it, which takes seconds. */
  start() {
    if (this.worker) return;
    this.onState("starting", "");
    this.worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => this.hear(data);
    this.worker.onerror = (event) => {
      this.hear({ kind: "broken", problem: event.message || "its files could not be loaded" });
    };
  }

  /** @param {any} message */
  hear(message) {
    const { waiting } = this;
    if (message.kind === "ready") this.onState("ready", message.version);
    if (message.kind === "output") waiting?.onLine(message);
    if (message.kind === "watch") this.watch(message);
    if (message.kind === "broken") {
      this.onState("broken", message.problem);
      this.end(new Error(`Python could not be started: ${message.problem}`));
    }
    if (message.kind === "answer" && waiting?.id === message.id) {
      this.waiting = null;
      clearTimeout(this.timer);
      if (message.problem) {
        // A program broke what the page itself needs, such as sys.stdout; the next one gets another.
        waiting.reject(new Error(message.problem));
        this.stop();
      } else waiting.resolve(message.answer);
    }
  }

  /** Wait for what is called now, and no longer than it may take.
   * @param {{function: string, seconds: number}} call */
  watch({ function: name, seconds }) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (!this.waiting) return;
      const who = name || "The program";
      this.end(
        new Error(
          `${who} gave no answer within ${seconds} seconds: is there a loop without an end?`,
        ),
      );
      this.start();
    }, 1000 * seconds);
  }

  /** Let it do something; one thing at a time.
   * @param {string} task what `playground.py` can do: run or check
   * @param {Record<string, unknown>} given
   * @param {(line: Line) => void} [onLine] what it prints meanwhile
   * @returns {Promise<any>} */
  ask(task, given, onLine = () => {}) {
    if (this.waiting) return Promise.reject(new Error("Python is still busy"));
    this.start();
    this.asked += 1;
    const id = this.asked;
    return new Promise((resolve, reject) => {
      this.waiting = { id, resolve, reject, onLine };
      /** @type {Worker} */ (this.worker).postMessage({ id, task, given });
    });
  }

  /** Stop what it does.  That ends this Python, and another one is started. */
  stop() {
    this.end(new Error("stopped"));
    this.start();
  }

  /** @param {Error} why */
  end(why) {
    clearTimeout(this.timer);
    this.worker?.terminate();
    this.worker = null;
    const { waiting } = this;
    this.waiting = null;
    waiting?.reject(why);
  }
}
