// The card of an answer: procedure, facts by aspect, sources. Its message text stays the fallback and what "Sao chép" copies.
import { date, el, hidden, icon, inline, link } from "./dom.js";
import { sections } from "./facts.js";
import { printOne } from "./print.js";

const LEAD_LIMIT = 400;

/** The words around the facts: first paragraph before the card, a closing question after it. */
function surroundings(text) {
  const paragraphs = String(text ?? "").trim().split(/\n\s*\n/);
  const first = paragraphs[0].split("\n").filter((line) => line.trim());
  const list = first.findIndex((line) => /^\s*([-•]|\d{1,2}[.)])\s/.test(line));
  const lead = (list === -1 ? first : first.slice(0, list)).join(" ");
  const last = paragraphs.length > 1 ? paragraphs[paragraphs.length - 1].trim() : "";
  return { lead: lead.length <= LEAD_LIMIT ? lead : "", closing: last.endsWith("?") && !last.includes("\n") ? last : "" };
}

function notes(custom) {
  const found = [];
  if (custom.imported) {
    found.push(el("p", { class: "note warn" }, icon("warn"), el("span", {},
      el("strong", {}, "Chưa được cán bộ thành phố đối chiếu. "),
      "Nội dung lấy từ dữ liệu quốc gia. Anh/chị xem bản đầy đủ ở nguồn bên dưới, hoặc gọi 1022 trước khi nộp.")));
  } else if (custom.unsure) {
    found.push(el("p", { class: "note warn" }, icon("warn"), el("span", {},
      el("strong", {}, "Có nội dung em chưa kiểm chứng được. "), "Anh/chị gọi 1022 hoặc hỏi lại tại quầy trước khi nộp.")));
  }
  return found;
}

function sources(custom) {
  if (!custom.sources?.length) return null;
  return el("footer", { class: "sources" },
    el("h3", {}, "Nguồn"),
    el("ul", { class: "plain" }, ...custom.sources.map((source) => el("li", {},
      link(source.url, source.title ?? source.url ?? "", "stand-alone"),
      el("span", { class: "basis" }, [
        source.decision && `Công bố tại ${/^\d/.test(source.decision) ? "Quyết định " : ""}${source.decision}`,
        source.verified_on && `đối chiếu ngày ${date(source.verified_on)}`,
      ].filter(Boolean).join(", "))))),
    custom.release && el("p", { class: "basis" }, `Bản công bố số ${custom.release}`));
}

/** Copying needs a secure page; the old way still works where that one does not. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el("textarea", { class: "visually-hidden", readonly: true, "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

export function copyButton(text, label = "Sao chép", announce = () => {}) {
  const words = el("span", { class: "label" }, label);
  const button = el("button", { type: "button", class: "button small" }, icon("copy"), words);
  button.addEventListener("click", async () => {
    await copy(text);
    words.textContent = "Đã chép";
    announce("Đã sao chép");
    setTimeout(() => { words.textContent = label; }, 2500);
  });
  return button;
}

function tools(message, announce) {
  const print = el("button", { type: "button", class: "button small" }, icon("print"), el("span", { class: "label" }, "In"));
  print.addEventListener("click", () => printOne(print.closest(".message")));
  return el("div", { class: "card-tools" }, print, copyButton(message.text ?? "", "Sao chép", announce));
}

/** Nodes of an answer, or null when nothing could be made of its facts: then the text is shown. */
export function answer(message, announce) {
  const { custom } = message;
  // What is said in short or side by side is said in words: a card of one procedure would hide them.
  if (custom.brief || custom.compared_with) return null;
  const parts = sections(custom);
  if (!custom.procedure || !parts.length) return null;
  const { lead, closing } = surroundings(message.text);
  const card = el("article", { class: "card answer" },
    el("header", { class: "card-head" },
      el("p", { class: "eyebrow" }, "Thủ tục ", custom.procedure.code ?? ""),
      el("h2", {}, custom.procedure.title ?? custom.procedure.name ?? ""),
      custom.procedure.title && custom.procedure.title !== custom.procedure.name && el("p", { class: "basis" }, custom.procedure.name),
      custom.case?.label && el("p", { class: "case" }, hidden("Trường hợp: "), icon("person"), el("span", {}, custom.case.label))),
    ...notes(custom), ...parts, sources(custom), tools(message, announce));
  return [lead && el("p", { class: "lead" }, ...inline(lead)), card, closing && el("p", { class: "closing" }, ...inline(closing))];
}
