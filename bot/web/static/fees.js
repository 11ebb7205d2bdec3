// Fees as a two-column table grouped by how the dossier is handed in: two columns still fit at 320 px.
import { date, el, inline, money } from "./dom.js";
import { capital, CHANNELS, doubt } from "./words.js";

function amount(fee) {
  if (fee.rule === "free") return "Miễn";
  if (fee.rule === "included") return "Đã gồm trong khoản khác";
  // An unknown amount is said, never shown as 0 (design section 7).
  if (fee.amount === null || fee.amount === undefined) return "Chưa có mức, hỏi tại quầy";
  if (fee.amount === 0) return "0 đồng";
  return `${money(fee.amount)}/${fee.unit ?? "hồ sơ"}`;
}

function period(fee) {
  if (fee.effective_from && fee.effective_to) return `Áp dụng từ ${date(fee.effective_from)} đến hết ${date(fee.effective_to)}`;
  if (fee.effective_to) return `Áp dụng đến hết ${date(fee.effective_to)}`;
  if (fee.effective_from) return `Áp dụng từ ${date(fee.effective_from)}`;
  return null;
}

/** Two rows: the amount beside its label, and below them, over the whole width, when it holds and by what law. */
function rows(fee) {
  const known = fee.rule !== "city_council" || (fee.amount !== null && fee.amount !== undefined);
  const more = [
    fee.condition && el("span", { class: "paper-when" }, capital(fee.condition)),
    fee.note && el("span", { class: "paper-when" }, ...inline(fee.note)),
    period(fee) && el("span", { class: "fee-period" }, period(fee)),
    fee.legal_basis && el("span", { class: "basis" }, "Căn cứ: ", fee.legal_basis),
    doubt(fee),
  ].filter(Boolean);
  return [
    el("tr", { class: "fee-row" }, el("td", { class: "fee-label" }, fee.label), el("td", { class: known ? "amount" : "amount unknown" }, amount(fee))),
    more.length > 0 && el("tr", { class: "fee-more" }, el("td", { colspan: "2" }, ...more)),
  ];
}

function heading(channels) {
  const all = Object.keys(CHANNELS);
  if (!channels.length || all.every((channel) => channels.includes(channel))) return "Mọi cách nộp";
  return `Nộp ${all.filter((channel) => channels.includes(channel)).map((channel) => CHANNELS[channel]).join(" hoặc ")}`;
}

export function feeTable(fees) {
  const grouped = new Map();
  for (const fee of fees) {
    const title = heading(fee.channels ?? []);
    grouped.set(title, [...(grouped.get(title) ?? []), fee]);
  }
  return el("table", { class: "fees" },
    el("caption", { class: "visually-hidden" }, "Lệ phí theo cách nộp"),
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Khoản thu"), el("th", { scope: "col", class: "amount" }, "Mức thu"))),
    ...[...grouped].map(([title, members]) => el("tbody", {},
      el("tr", { class: "fee-channel" }, el("th", { scope: "rowgroup", colspan: "2" }, title)), ...members.flatMap(rows))));
}
