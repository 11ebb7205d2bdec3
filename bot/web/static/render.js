// A message of the contract to nodes. Anything not understood falls back to its text, which is complete by itself.
import { answer } from "./answer.js";
import { blocks, day, el, hidden, icon, link } from "./dom.js";
import { KINDS } from "./kinds.js";

/** Kinds whose buttons are a list to choose one from, not actions in a row. */
const CHOICES = new Set(["clarify", "case_question", "form"]);
/** Kinds whose buttons mean nothing once the conversation went on. */
const ONCE = new Set(["consent", "form", "review", "case_question"]);

function content(message, announce) {
  const { custom } = message;
  try {
    const nodes = custom?.kind === "answer" ? answer(message, announce) : KINDS[custom?.kind]?.(message, announce);
    if (nodes) return nodes;
  } catch (failure) {
    // A fact of a shape nobody foresaw must not leave the citizen without the answer.
    console.error("motcua: card not shown", failure);
  }
  return blocks(message.text);
}

/** Buttons of the message; a list of candidates, cases or options that came without buttons is made into them. */
function choices({ buttons, custom }) {
  if (buttons?.length) return buttons;
  const said = (title) => ({ title, message: title });
  if (custom?.kind === "clarify") return (custom.candidates ?? []).map((item) => said(item.name));
  if (custom?.kind === "case_question") return (custom.cases ?? []).map((item) => said(item.label));
  if (custom?.kind === "form") return (custom.field?.options ?? []).map((item) => said(item.label ?? item.title ?? String(item)));
  return [];
}

const leads = (payload) => typeof payload === "string" && (/^https?:/i.test(payload) || payload.startsWith("/ho-so/"));

function buttonRow(message, press) {
  const all = choices(message);
  if (!all.length) return null;
  const kind = message.custom?.kind ?? "";
  const list = CHOICES.has(kind);
  const row = el("div", { class: list ? "choices" : "button-row", role: "group", "aria-label": "Chọn câu trả lời" });
  if (ONCE.has(kind)) row.dataset.once = "";
  all.forEach((button, index) => {
    if (leads(button.payload)) {
      row.append(link(button.payload, button.title, "button"));
      return;
    }
    const primary = !list && index === 0 && all.length > 1;
    const node = el("button", { type: "button", class: list ? "choice" : `button${primary ? " primary" : ""}` },
      el("span", {}, button.title), list && icon("next"));
    node.addEventListener("click", (event) => {
      // detail > 1 = the second half of a double click: by then another button may stand under the finger.
      if (event.detail < 2 && node.getAttribute("aria-disabled") !== "true") press(button, node);
    });
    row.append(node);
  });
  return row;
}

/** `tools` = {press(button, node), announce(text)} */
export function botMessage(message, tools) {
  const officer = message.who === "officer";
  return el("div", { class: officer ? "message bot officer" : "message bot", tabindex: "-1" },
    el("p", { class: officer ? "speaker" : "visually-hidden" }, officer ? `Cán bộ${message.name ? ` ${message.name}` : ""}:` : "Trợ lý:"),
    el("div", { class: "content" }, ...content(message, tools.announce)),
    buttonRow(message, tools.press));
}

export function citizenMessage(text) {
  return el("div", { class: "message citizen" },
    el("div", { class: "bubble" }, hidden("Anh/chị: "), ...String(text).split("\n").flatMap((line, index) => (index ? [el("br"), line] : [line]))));
}

/**
 * One-time buttons of earlier messages leave; the one that was pressed stays as a record, no longer usable.
 * It is not `disabled`: that would throw away the keyboard focus it may hold.
 */
export function retire(thread) {
  for (const node of thread.querySelectorAll("[data-once] button")) {
    node.setAttribute("aria-disabled", "true");
    node.hidden = !node.classList.contains("pressed");
  }
  for (const row of thread.querySelectorAll("[data-once]")) row.hidden = !row.querySelector("button:not([hidden]), a");
}

export function daySeparator(iso) {
  const label = day(iso);
  return label && el("p", { class: "day" }, label === day(new Date().toISOString()) ? "Hôm nay" : `Ngày ${label}`);
}
