// The four calls to the gateway. The header X-Motcua is the guard against forged requests: a foreign form cannot send it.

const TIMEOUT_MS = 30_000;
const MAY_REPEAT = new Set([408, 425, 429]);

/** A failure with a Vietnamese sentence to show. `again` tells whether sending the same thing once more makes sense. */
export class ApiError extends Error {
  constructor(code, message, again) {
    super(message);
    this.code = code;
    this.again = again;
  }
}

async function call(method, path, { body, headers = {}, signal } = {}) {
  const stop = [AbortSignal.timeout(TIMEOUT_MS), signal].filter(Boolean);
  let response;
  let data = null;
  try {
    response = await fetch(path, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      headers: { "X-Motcua": "1", Accept: "application/json", ...(body ? { "Content-Type": "application/json" } : {}), ...headers },
      body: body ? JSON.stringify(body) : undefined,
      signal: AbortSignal.any ? AbortSignal.any(stop) : stop[stop.length - 1],
    });
    const raw = await response.text();
    try { data = raw ? JSON.parse(raw) : {}; } catch { data = null; }
  } catch (failure) {
    if (signal?.aborted) throw failure;
    const slow = failure.name === "TimeoutError";
    throw new ApiError(slow ? "timeout" : "network",
      slow ? "Em trả lời chậm quá, chưa nhận được tin." : "Chưa gửi được vì mất kết nối mạng.", true);
  }
  if (response.ok && data) return data;
  throw new ApiError(
    data?.error?.code ?? `http_${response.status}`,
    data?.error?.message ?? "Hệ thống đang bận, anh/chị thử lại sau ít phút nhé.",
    response.status >= 500 || response.ok || MAY_REPEAT.has(response.status),
  );
}

/** One turn. `id` stays the same when the turn is sent again, so that the server can drop a double. */
export async function sendTurn({ body, id }, signal) {
  const answer = await call("POST", "/web/turn", { body, signal, headers: { "X-Motcua-Turn": id } });
  return Array.isArray(answer.messages) ? answer.messages : [];
}

export async function history() {
  const answer = await call("GET", "/web/history");
  return Array.isArray(answer.messages) ? answer.messages : [];
}

export const forget = () => call("POST", "/web/forget");

/** crypto.randomUUID is missing on plain http, which a test server on a local network may use. */
export function newId() {
  return crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
