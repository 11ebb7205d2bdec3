// Autosave of a draft's page. Each field is sent when it is left; the newest writing of a field wins, and a tab that
// shows older answers is told. What could not be sent or read stays in this tab until it is, over a reload too.

const form = document.getElementById("draft");
const FIELD_URL = form.dataset.fieldUrl;
const KEPT = `motcua.draft.${form.dataset.draft}`;
const csrf = form.elements.csrf.value;
const savedLine = document.getElementById("saved");
const saidLine = document.getElementById("said");
const others = "BroadcastChannel" in window ? new BroadcastChannel(KEPT) : null;
let revision = form.elements.revision.value;
form.elements.revision.value = ""; // with script only this tab's own changes are sent, so nothing old can overwrite

const known = new Map(); // field → text of its box as the server has it
const unsent = new Map(); // field → text typed here that the server does not have (yet)
let sending = Promise.resolve();

const holder = (name) => form.querySelector(`.field[data-field="${CSS.escape(name)}"]`);
const inputs = (name) => [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];

function textOf(name) {
  const all = inputs(name);
  if (all[0]?.type === "radio" || all[0]?.type === "checkbox") return all.filter((i) => i.checked).map((i) => i.value).join(",");
  return all[0]?.value ?? "";
}

function show(name, text) {
  for (const input of inputs(name)) {
    if (input.type === "radio" || input.type === "checkbox") input.checked = text.split(",").includes(input.value);
    else if (input.value !== text) input.value = text;
  }
}

function keep() {
  try {
    if (unsent.size) sessionStorage.setItem(KEPT, JSON.stringify([...unsent]));
    else sessionStorage.removeItem(KEPT);
  } catch { /* storage refused: what was typed still stands in its box */ }
}

function fault(name, message) {
  const error = document.getElementById(`error-${name}`);
  if (!error) return;
  error.textContent = message ?? "";
  error.hidden = !message;
  holder(name)?.classList.toggle("has-error", Boolean(message));
  for (const input of inputs(name)) {
    if (message) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
}

function remarks(list) {
  for (const box of form.querySelectorAll(".remarks")) box.replaceChildren();
  for (const { field, message, proposal, choices } of list) {
    const box = document.getElementById(`remarks-${field}`);
    if (!box || document.getElementById(`error-${field}`)?.textContent === message) continue;
    const line = document.createElement("p");
    line.className = "remark";
    line.textContent = `${message} `;
    const offered = proposal ? [{ label: "Dùng địa chỉ mới", value: proposal }] : (choices ?? []);
    for (const { label, value } of inputs(field).length ? offered : []) {
      const take = document.createElement("button");
      take.type = "button";
      take.className = "button small";
      take.textContent = label;
      take.addEventListener("click", () => { show(field, value); changed(field); });
      line.append(take, " ");
    }
    box.append(line);
  }
}

function say(text) {
  saidLine.hidden = !text;
  saidLine.firstElementChild.textContent = text;
}

/** Take the server's state over: which fields apply, newer answers of others, remarks, progress. */
function take(state, own) {
  if (state.closed) {
    location.reload();
    return;
  }
  revision = String(state.revision);
  const applying = new Set(state.applies);
  for (const box of form.querySelectorAll(".field")) {
    const on = applying.has(box.dataset.field);
    box.hidden = !on;
    for (const input of box.querySelectorAll("input, textarea")) input.disabled = !on;
  }
  for (const section of form.querySelectorAll("[data-section]")) section.hidden = !state.sections.includes(Number(section.dataset.section));
  const newer = [];
  for (const [name, text] of Object.entries(state.values)) {
    const before = known.get(name);
    known.set(name, text);
    if (name === own || unsent.has(name) || text === before) continue;
    const box = holder(name);
    if (box && before !== undefined && state.elsewhere && textOf(name) !== text && !box.querySelector("textarea")) {
      newer.push(box);
    }
    if (document.activeElement?.name !== name || state.elsewhere) show(name, text);
  }
  for (const box of newer) box.classList.add("elsewhere");
  if (newer.length) say(`Hồ sơ vừa được sửa ở nơi khác: ${newer.length} mục có viền vàng đã được thay bằng bản mới hơn.`);
  if (state.applies.some((name) => !holder(name))) say("Hồ sơ vừa thêm dòng ở nơi khác. Anh/chị tải lại trang để thấy đủ.");
  remarks(state.remarks);
  const bar = document.getElementById("progress");
  bar.max = state.total;
  bar.value = state.done;
  document.getElementById("progress-text").textContent = `Đã điền ${state.done}/${state.total} mục`;
}

async function send(name) {
  const text = unsent.get(name);
  if (text === undefined) return;
  const body = new URLSearchParams({ csrf, field: name, value: text.replaceAll(/(?<=\w),(?=\w)/g, (comma) => (inputs(name)[0]?.type === "checkbox" ? ", " : comma)), seen: revision });
  try {
    const response = await fetch(FIELD_URL, { method: "POST", body, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(20000) });
    if (!response.ok) throw new Error(String(response.status));
    const state = await response.json();
    fault(name, state.error);
    if (unsent.get(name) === text && !state.error) unsent.delete(name);
    take(state, name);
    if (!state.error && !unsent.has(name) && document.activeElement?.name !== name) show(name, state.value);
    savedLine.textContent = state.error ? "" : "Đã lưu";
    if (!state.error) others?.postMessage(revision);
  } catch {
    savedLine.textContent = "Chưa lưu được vì mất kết nối. Em giữ lại và thử gửi lại.";
    setTimeout(() => { if (unsent.get(name) === text) queue(name); }, 4000);
  }
  keep();
}

/** One after the other, so that answers arrive in the order they were given. */
function queue(name) {
  form.setAttribute("aria-busy", "true");
  const mine = sending.then(() => send(name)).then(() => { if (sending === mine) form.removeAttribute("aria-busy"); });
  sending = mine;
}

function changed(name) {
  if (!name || !holder(name)) return;
  holder(name).classList.remove("elsewhere");
  unsent.set(name, textOf(name));
  keep();
  queue(name);
}

for (const box of form.querySelectorAll(".field")) known.set(box.dataset.field, textOf(box.dataset.field));

// What the server could not read stands in its box still and goes along with the next saving.
for (const box of form.querySelectorAll(".field.has-error:not([hidden])")) {
  const text = textOf(box.dataset.field);
  if (text) unsent.set(box.dataset.field, text);
}

// What this tab could not save before a reload.
try {
  for (const [name, text] of JSON.parse(sessionStorage.getItem(KEPT) ?? "[]")) {
    if (!holder(name)) continue;
    unsent.set(name, text);
    show(name, text);
    queue(name);
  }
} catch { /* nothing kept */ }

form.addEventListener("change", (event) => changed(event.target.name));
// Typed but not left yet: kept here so that a reload or a crash of the tab loses nothing.
form.addEventListener("input", (event) => {
  if (!holder(event.target.name)) return;
  unsent.set(event.target.name, textOf(event.target.name));
  keep();
});

form.addEventListener("submit", (event) => {
  // Only what this tab changed goes along; everything else stands on the server already.
  for (const box of form.querySelectorAll(".field")) {
    if (unsent.has(box.dataset.field)) continue;
    for (const input of box.querySelectorAll("input, textarea")) input.disabled = true;
  }
  if (event.submitter?.name === "finish") {
    try { sessionStorage.removeItem(KEPT); } catch { /* nothing kept */ }
  }
});

async function look() {
  if (document.hidden) return;
  try {
    const response = await fetch(`${FIELD_URL}?seen=${encodeURIComponent(revision)}`, { headers: { Accept: "application/json" } });
    if (!response.ok) return;
    const state = await response.json();
    if (String(state.revision) !== revision || state.closed) take(state, null);
  } catch { /* no connection: the next change tells */ }
}
document.addEventListener("visibilitychange", look);
window.addEventListener("online", () => { for (const name of unsent.keys()) queue(name); });
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
others?.addEventListener("message", look);
document.getElementById("faults")?.focus();
