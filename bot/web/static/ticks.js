// Which papers are ticked. Kept for this tab only: a shared computer must not tell the next person what was prepared.

const KEY = "motcua.papers";

function read() {
  try { return new Set(JSON.parse(sessionStorage.getItem(KEY) ?? "[]")); } catch { return new Set(); }
}

export const ticked = (code, paper) => read().has(`${code}/${paper}`);

export function tick(code, paper, on) {
  const all = read();
  all[on ? "add" : "delete"](`${code}/${paper}`);
  try { sessionStorage.setItem(KEY, JSON.stringify([...all])); } catch { /* the box itself still shows it */ }
}

export function forgetTicks() {
  try { sessionStorage.removeItem(KEY); } catch { /* nothing was kept */ }
}
