// After a hand-over an officer may write at any time. Nothing pushes to this page, so the history is asked now and then.
import { history } from "./api.js";

const FIRST_MS = 4_000;
const SLOWEST_MS = 30_000;

/** Calls `arrived` for each new message whose `who` is "officer". Asks only while a hand-over is open and the page is seen. */
export function watchOfficer(arrived) {
  let shown = 0;
  let wait = FIRST_MS;
  let timer = 0;

  function plan() {
    clearTimeout(timer);
    timer = setTimeout(ask, wait);
  }

  async function ask() {
    wait = Math.min(wait * 1.4, SLOWEST_MS);
    if (document.visibilityState === "visible") {
      try {
        const messages = (await history()).filter((message) => message.who === "officer");
        if (!timer) return; // the conversation was ended meanwhile
        if (messages.length > shown) wait = FIRST_MS;
        // heard() counts each one as it is shown
        for (const message of messages.slice(shown)) arrived(message);
      } catch { /* the next round asks again */ }
    }
    if (timer) plan();
  }

  return {
    /** To be told of every bot and officer message in order: it opens and closes the watch. */
    heard(message) {
      if (message.who === "officer") shown += 1;
      const kind = message.custom?.kind;
      if (kind === "handoff" || message.who === "officer") plan();
      else if (kind && kind !== "notice") this.stop(true);
    },
    stop(keepCount = false) {
      clearTimeout(timer);
      timer = 0;
      wait = FIRST_MS;
      if (!keepCount) shown = 0;
    },
  };
}
