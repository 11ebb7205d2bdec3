// The papers of a procedure, as a checklist the citizen can tick while gathering them.
import { el, hidden, icon, inline } from "./dom.js";
import { tick, ticked } from "./ticks.js";
import { byCase, capital, CHANNELS, doubt } from "./words.js";

const GROUPS = [
  ["submit", "Nộp", "tray", null],
  ["present", "Xuất trình", "show", "Cho cán bộ xem rồi nhận lại."],
  ["waived", "Không phải nộp", "shield", "Vì đã có trong cơ sở dữ liệu của Nhà nước."],
];

const groupOf = (item) => (item.waiver ? "waived" : item.kind === "present" ? "present" : "submit");

function counts(item) {
  const parts = [];
  // "1 original" of a form on the screen says nothing.
  if (item.kind === "form" && item.channels?.join() === "online") return "";
  if (item.originals) parts.push(`${item.originals} bản chính`);
  if (item.copies) parts.push(`${item.copies} bản sao`);
  return parts.join(", ");
}

const channelWords = (channels) => channels.map((channel) => CHANNELS[channel] ?? channel).join(" hoặc ");

function details(item) {
  const few = item.channels?.length && item.channels.length < 3;
  return [
    el("span", { class: "paper-name" }, item.name),
    el("span", { class: "paper-facts" },
      item.kind === "form" && el("span", { class: "badge" }, "Điền theo mẫu"),
      counts(item) && el("span", { class: "badge" }, counts(item)),
      few && el("span", { class: "badge" }, `Nộp ${channelWords(item.channels)}`),
      doubt(item)),
    item.condition && el("span", { class: "paper-when" }, capital(item.condition)),
  ];
}

function paper(item, code) {
  if (item.waiver) {
    const { database, fallback, legal_basis: basis } = item.waiver;
    return el("li", { class: "paper waived" }, icon("check"), el("div", { class: "paper-body" },
      hidden("Không phải nộp: "), el("span", { class: "paper-name" }, item.name),
      el("span", { class: "paper-why" }, "Đã có trong ", el("strong", {}, database), "."),
      fallback && el("span", { class: "paper-when" }, ...inline(fallback)),
      basis && el("span", { class: "basis" }, "Căn cứ: ", basis)));
  }
  const box = el("input", { type: "checkbox", "data-paper": item.id });
  box.checked = ticked(code, item.id);
  box.addEventListener("change", () => tick(code, item.id, box.checked));
  return el("li", { class: "paper" }, el("label", {}, box, el("span", { class: "paper-body" }, ...details(item))));
}

function groups(items, code) {
  const body = el("div", { class: "papers" });
  for (const [key, title, symbol, why] of GROUPS) {
    const members = items.filter((item) => groupOf(item) === key);
    if (!members.length) continue;
    const rows = members.map((item) => {
      const row = paper(item, code);
      if (item.channels?.length) row.dataset.channels = item.channels.join(" ");
      return row;
    });
    body.append(el("section", { class: `paper-group ${key}` },
      el("h4", {}, icon(symbol), title, why && el("span", { class: "group-why" }, why)),
      el("ul", { class: "plain" }, ...rows)));
  }
  return body;
}

/** Papers differ by how the dossier is handed in: one choice hides those that do not concern this citizen. */
function channelChoice(nodes, code) {
  const rows = nodes.flatMap((node) => [...node.querySelectorAll("[data-channels]")]);
  const known = Object.keys(CHANNELS).filter((channel) => rows.some((row) => row.dataset.channels.split(" ").includes(channel)));
  if (known.length < 2) return null;
  const name = `channel-${code}-${(channelChoice.count = (channelChoice.count ?? 0) + 1)}`;
  const choice = (value, label) => {
    const radio = el("input", { type: "radio", name, value, checked: value === "" });
    radio.addEventListener("change", () => {
      for (const row of rows) row.hidden = value !== "" && !row.dataset.channels.split(" ").includes(value);
      for (const group of nodes.flatMap((node) => [...node.querySelectorAll(".paper-group")])) {
        group.hidden = !group.querySelector(".paper:not([hidden])");
      }
    });
    return el("label", {}, radio, el("span", {}, label));
  };
  return el("fieldset", { class: "segments" }, el("legend", {}, "Anh/chị định nộp bằng cách nào?"),
    el("div", { class: "segments-row" }, choice("", "Chưa rõ"), ...known.map((channel) => choice(channel, capital(CHANNELS[channel])))));
}

export function documents(data, context) {
  const nodes = byCase(data, context, (items) => groups(items, context.code));
  const choice = channelChoice(nodes, context.code);
  return choice ? [choice, ...nodes] : nodes;
}
