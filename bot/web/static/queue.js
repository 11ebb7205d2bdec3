// Turns leave one at a time, in the order they were written, however fast the citizen types.
import { ApiError, sendTurn } from "./api.js";

/**
 * A turn is {id, body, text, …}. The view is told:
 *   sending(turn), answered(turn, messages), failed(turn, error), refused(turn, error), idle()
 * `failed` may be sent again and holds the queue back, since a later message may lean on it; `refused` may not.
 */
export class TurnQueue {
  #waiting = [];
  #held = false;
  #running = null;

  constructor(view) {
    this.view = view;
  }

  /** The turn that waits to leave. */
  get next() {
    return this.#waiting[0];
  }

  /** False when the same button is already under way: a double click is one answer. */
  push(turn) {
    const payload = turn.body.payload;
    if (payload && this.#waiting.some((other) => other.body.payload === payload)) return false;
    this.#waiting.push(turn);
    this.#run();
    return true;
  }

  retry() {
    this.#held = false;
    this.#run();
  }

  drop(turn) {
    this.#waiting = this.#waiting.filter((other) => other !== turn);
    this.retry();
  }

  /** Forgets everything, also the turn under way: its answer must not appear in the new conversation. */
  clear() {
    this.#waiting = [];
    this.#held = false;
    this.#running?.abort();
    this.#running = null;
    this.view.idle();
  }

  async #run() {
    if (this.#running || this.#held) return;
    const run = (this.#running = new AbortController());
    while (this.#waiting.length && !this.#held) {
      const turn = this.#waiting[0];
      this.view.sending(turn);
      try {
        const messages = await sendTurn(turn, run.signal);
        if (run.signal.aborted) return;
        this.#waiting.shift();
        this.view.answered(turn, messages);
      } catch (error) {
        if (run.signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        this.#held = error.again;
        if (!error.again) this.#waiting.shift();
        this.view[error.again ? "failed" : "refused"](turn, error);
      }
    }
    this.#running = null;
    this.view.idle();
  }
}
