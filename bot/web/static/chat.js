// The page: what is said, in which order, where the focus and the view go.
import { forget, history, newId } from "./api.js";
import { Composer } from "./composer.js";
import { el, icon } from "./dom.js";
import { watchOfficer } from "./officer.js";
import { TurnQueue } from "./queue.js";
import { botMessage, citizenMessage, daySeparator, retire } from "./render.js";
import { forgetTicks } from "./ticks.js";

const byId = (id) => document.getElementById(id);
const thread = byId("thread");
const typing = byId("typing");
const TYPING_AFTER_MS = 250; // most turns take 30 ms; an indicator that only flashes is noise
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const announce = (text) => { byId("announce").textContent = text; };
const tools = { announce, press };
const composer = new Composer(byId("composer"), (text) => say({ message: text }, text));

/** Brings the top of a message into view, but never scrolls the writing place away from the bottom of the window. */
function show(node) {
  const main = byId("main").getBoundingClientRect();
  const top = node.getBoundingClientRect().top - 16;
  const most = Math.max(main.bottom - innerHeight, Math.min(top, 0));
  scrollBy({ top: Math.min(top, most), behavior: calm.matches ? "auto" : "smooth" });
}

/** A reply stands right after what it answers, also when the citizen has written on meanwhile. */
function addBot(message, before = null) {
  retire(thread);
  const node = botMessage(message, tools);
  thread.insertBefore(node, before);
  composer.ask(message.custom);
  officer.heard(message);
  return node;
}

/* ---- turns ---- */

function say(body, text, pressed = null) {
  const turn = { id: newId(), body, text, pressed };
  turn.node = citizenMessage(text);
  turn.state = el("p", { class: "state" });
  turn.node.append(turn.state);
  if (!queue.push(turn)) return;
  pressed?.classList.add("pressed");
  thread.append(turn.node);
  byId("restart").hidden = false;
  show(turn.node);
}

function press(button, node) {
  const body = button.payload ? { payload: button.payload, title: button.title } : { message: button.message };
  say(body, button.title, node);
}

let typingTimer = 0;
function waiting(on) {
  clearTimeout(typingTimer);
  if (on) typingTimer = setTimeout(() => { typing.hidden = false; }, TYPING_AFTER_MS);
  else typing.hidden = true;
}

/** A failed turn keeps its words and offers to send them again; nothing the citizen wrote is lost. */
function failure(turn, error) {
  waiting(false);
  turn.node.classList.add("failed");
  const again = el("button", { type: "button", class: "button small primary" }, icon("restart"), "Gửi lại");
  const drop = el("button", { type: "button", class: "button small" }, "Bỏ tin này");
  const leave = () => { clear(turn); composer.focus(); };
  again.addEventListener("click", () => { leave(); queue.retry(); });
  drop.addEventListener("click", () => { leave(); turn.pressed?.classList.remove("pressed"); turn.node.remove(); queue.drop(turn); });
  turn.state.replaceChildren(el("span", {}, icon("warn"), " ", error.message), el("span", { class: "state-tools" }, again, drop));
  show(turn.node);
}

function clear(turn) {
  turn.node.classList.remove("failed");
  turn.state.replaceChildren();
}

const queue = new TurnQueue({
  sending(turn) {
    clear(turn);
    waiting(true);
  },
  answered(turn, messages) {
    waiting(false);
    const nodes = messages.map((message) => addBot(message, queue.next?.node ?? null));
    if (!nodes.length) return;
    show(turn.node);
    // Whoever pressed a button stands on one that is now behind. The next step is in the new message, or in the
    // writing place when a question wants words; not on touch screens, where that would raise the keyboard.
    if (!turn.pressed || !thread.contains(document.activeElement)) return;
    const asksWords = messages[messages.length - 1].custom?.kind === "form" && !nodes[nodes.length - 1].querySelector(".choices");
    if (asksWords && matchMedia("(pointer: fine)").matches) composer.focus();
    else nodes[0].focus({ preventScroll: true });
  },
  failed: failure,
  refused(turn, error) {
    waiting(false);
    turn.node.classList.add("failed");
    turn.state.replaceChildren(el("span", {}, icon("warn"), " ", error.message));
    show(turn.node);
    turn.pressed?.classList.remove("pressed");
    if (turn.body.message) composer.giveBack(turn.text);
  },
  idle: () => waiting(false),
});

addEventListener("online", () => {
  for (const button of thread.querySelectorAll(".failed .state-tools .primary")) button.click();
});

const officer = watchOfficer((message) => {
  const near = innerHeight + scrollY > document.documentElement.scrollHeight - 400;
  const node = addBot(message);
  if (near) show(node);
});

/* ---- start, history, starting again ---- */

for (const button of document.querySelectorAll(".suggestion")) {
  button.addEventListener("click", () => {
    say({ message: button.dataset.message }, button.dataset.message);
    composer.focus();
  });
}

async function restore() {
  let messages = [];
  try {
    messages = await history();
  } catch (error) {
    const again = el("button", { type: "button", class: "button small" }, icon("restart"), "Tải lại");
    const note = el("div", { class: "note warn" }, icon("warn"), el("span", {}, "Em chưa tải được phần đã trao đổi trước đó. "), again);
    again.addEventListener("click", () => { note.remove(); restore(); });
    thread.before(note);
    return;
  }
  if (!messages.length) return;
  thread.setAttribute("aria-live", "off"); // what was said before is not news
  const fresh = [...thread.children]; // written while the history was on its way
  const old = document.createDocumentFragment();
  let lastDay = "";
  for (const message of messages) {
    const separator = message.at ? daySeparator(message.at) : null;
    if (separator && separator.textContent !== lastDay) old.append(separator);
    lastDay = separator?.textContent ?? lastDay;
    if (message.who !== "citizen") retire(old);
    old.append(message.who === "citizen" ? citizenMessage(message.text) : botMessage(message, tools));
    if (message.who !== "citizen") officer.heard(message);
  }
  const last = old.lastElementChild;
  thread.prepend(old);
  byId("restart").hidden = false;
  if (!fresh.length) {
    composer.ask(messages[messages.length - 1].custom);
    show(last.previousElementSibling?.classList.contains("citizen") ? last.previousElementSibling : last);
  }
  setTimeout(() => thread.setAttribute("aria-live", "polite"), 500);
}

const dialog = byId("restart-dialog");
byId("restart").addEventListener("click", () => {
  byId("restart-error").hidden = true;
  dialog.showModal();
});
byId("restart-no").addEventListener("click", () => dialog.close());
byId("restart-yes").addEventListener("click", async () => {
  try {
    await forget();
  } catch (error) {
    byId("restart-error").textContent = error.message;
    byId("restart-error").hidden = false;
    return;
  }
  dialog.close();
  queue.clear();
  officer.stop();
  forgetTicks();
  thread.replaceChildren();
  composer.ask(null);
  byId("restart").hidden = true;
  announce("Đã bắt đầu lại.");
  scrollTo({ top: 0 });
  composer.focus();
});

/* A procedure's page leads here: ask about that procedure once, then forget the address. */
async function askFromPage() {
  const { askCode, askName } = byId("thread").dataset;
  if (!askCode) return;
  window.history.replaceState(null, "", "/");
  const payload = `/ask_procedure${JSON.stringify({ procedure: askCode })}`;
  say({ payload, title: askName }, askName);
}

restore().then(askFromPage);
