// One readable section for each aspect of an answer. The shapes are those of procedures_kb/facts.py.
import { documents } from "./documents.js";
import { blocks, date, el, icon, inline, link } from "./dom.js";
import { feeTable } from "./fees.js";
import { byCase, capital, doubt, legal } from "./words.js";

const ONLINE = {
  full: "Làm được hoàn toàn trên mạng",
  partial: "Nộp được trên mạng, vẫn cần đến một lần",
  none: "Chưa nộp được trên mạng",
};
const UNITS = { hour: "giờ", day: "ngày", working_day: "ngày làm việc" };

function duration(item) {
  const value = item.value === 0 ? "Trong ngày" : `${item.value} ${UNITS[item.unit] ?? ""}`;
  return el("li", { class: "figure" },
    el("p", { class: "figure-value" }, value, doubt(item) && " ", doubt(item)),
    item.condition && el("p", {}, capital(item.condition)),
    item.next_day_after_15h && el("p", {}, "Hồ sơ nhận sau 15 giờ thì trả vào ngày làm việc tiếp theo."),
    legal(item.legal_basis));
}

function dueNow(due) {
  return el("p", { class: "note" }, el("span", {}, `Nếu nộp bây giờ${due.condition ? `, ${due.condition}` : ""}: hạn trả `,
    el("strong", {}, `${due.at ? `${due.at} ` : ""}${due.day}`), due.steps.length ? `. ${due.steps.join(" ")}` : "."));
}

function exemption(item) {
  return el("p", {}, el("strong", {}, item.percent === 100 ? "Không phải nộp: " : `Được giảm ${item.percent}%: `), item.who.join(", "), ". ",
    item.note && `${item.note} `, el("span", { class: "basis" }, "Căn cứ: ", item.legal_basis), doubt(item) && " ", doubt(item));
}

function near(item) {
  const point = item.point;
  const state = item.open_now ? `Đang mở, tới ${item.until}` : item.reopens ? `Đang đóng, mở lại ${item.reopens}` : null;
  return el("li", { class: "figure" },
    el("p", { class: "strong" }, "Gần anh/chị: ", point.name),
    el("p", {}, point.address ?? "Chưa có địa chỉ trong dữ liệu", item.distance_km ? `, cách khoảng ${String(item.distance_km).replace(".", ",")} km` : ""),
    state && el("p", {}, el("span", { class: item.open_now ? "badge good" : "badge" }, state)),
    point.note && el("p", { class: "basis" }, point.note),
    item.directions && el("p", {}, link(item.directions, "Chỉ đường", "stand-alone")));
}

function place(item) {
  if (item.point) return near(item);
  return el("li", { class: "figure" },
    el("p", {}, ...inline(item.where ?? ""), doubt(item) && " ", doubt(item)),
    item.agency && el("p", { class: "basis" }, "Nơi giải quyết: ", item.agency),
    legal(item.legal_basis));
}

function online(item) {
  return el("li", { class: "figure" },
    el("p", { class: "strong" }, ONLINE[item.level] ?? "", doubt(item) && " ", doubt(item)),
    item.note && el("p", {}, ...inline(item.note)),
    item.url && el("p", {}, link(item.url, "Mở trang nộp hồ sơ trực tuyến", "stand-alone")));
}

const list = (items, show, tag = "ul") => (items?.length ? [el(tag, tag === "ul" ? { class: "plain" } : {}, ...items.map(show))] : []);

/** Title, icon and body of each aspect; the order here is the order on the card. */
const SECTIONS = {
  overview: ["Thủ tục này để làm gì", "info", (data) => [
    ...blocks(data?.text),
    ...(data?.audience ? [el("p", { class: "basis" }, "Dành cho: ", data.audience)] : []),
  ]],
  eligibility: ["Điều kiện", "person", (data) =>
    (data?.length ? [el("ul", {}, ...data.map((item) => el("li", {}, ...inline(item.text ?? item), doubt(item) && " ", doubt(item))))] : [])],
  documents: ["Giấy tờ", "papers", documents],
  fee: ["Lệ phí", "coins", (data, context) => [...byCase(data, context, feeTable), ...(data.exemptions ?? []).map(exemption)]],
  duration: ["Thời hạn giải quyết", "clock", (data, context) =>
    [...byCase(data, context, (items) => el("ul", { class: "plain" }, ...items.map(duration))), ...(data.if_filed_now ?? []).map(dueNow)]],
  place: ["Nơi nộp", "pin", (data) => list(data, place)],
  online: ["Nộp trực tuyến", "online", (data) => list(data, online)],
  steps: ["Các bước", "steps", (data) => list(data, (step) => el("li", {}, ...inline(step.text ?? step), doubt(step) && " ", doubt(step)), "ol")],
  form: ["Mẫu đơn, tờ khai", "pen", (data) => list(data, (form) => el("li", { class: "figure" },
    el("p", {}, form.name, form.submission && " ", form.submission && el("span", { class: "badge good" }, "Em điền giúp được")),
    form.number && el("p", { class: "basis" }, "Theo ", form.number)))],
  result: ["Kết quả nhận được", "seal", (data) => list(data, (item) => el("li", { class: "figure" }, el("p", {}, item.name)))],
  legal_basis: ["Căn cứ pháp lý", "law", (data) => list(data, (item) => el("li", { class: "figure" },
    el("p", {}, el("strong", {}, item.number ?? ""), " ", item.name ?? ""),
    item.effective_from && el("p", { class: "basis" }, "Hiệu lực từ ", date(item.effective_from))))],
};

/** The sections of the aspects asked about. One that is empty or of an unknown shape is left out. */
export function sections(custom) {
  const facts = custom.facts ?? {};
  const context = {
    code: custom.procedure?.code ?? "",
    cases: new Map((custom.cases ?? []).map((item) => [item.id, item.label])),
  };
  const found = [];
  for (const [aspect, [title, symbol, body]] of Object.entries(SECTIONS)) {
    if (!(aspect in facts)) continue;
    const nodes = body(facts[aspect], context);
    if (nodes.length) {
      found.push(el("section", { class: `aspect aspect-${aspect}` }, el("h3", {}, icon(symbol), title), ...nodes));
    }
  }
  return found;
}
