// Words and small pieces that several sections of an answer share.
import { el } from "./dom.js";

export const CHANNELS = { in_person: "trực tiếp", online: "trực tuyến", post: "qua bưu điện" };
const DOUBTS = { older_source: "Theo nguồn trước 01/07/2025", unsure: "Chưa chắc, nên hỏi lại" };

/** A badge on a fact that staff could not check against a current source. */
export const doubt = (fact) => (DOUBTS[fact?.confidence] ? el("span", { class: "badge warn" }, DOUBTS[fact.confidence]) : null);

export const legal = (text) => (text ? el("p", { class: "basis" }, "Căn cứ: ", text) : null);

/** Facts of every case, then those of single cases: named when the answer brings the labels, else as one "it depends". */
export function byCase(data, context, show) {
  const nodes = data?.items?.length ? [show(data.items)] : [];
  const special = Object.entries(data?.by_case ?? {});
  if (!special.length) return nodes;
  const named = special.filter(([id]) => context.cases.has(id));
  for (const [id, items] of named) {
    nodes.push(el("details", { class: "by-case" }, el("summary", {}, `Nếu: ${context.cases.get(id)}`), show(items)));
  }
  const rest = special.filter(([id]) => !context.cases.has(id)).flatMap(([, items]) => items);
  const single = [...new Map(rest.map((item) => [JSON.stringify(item), item])).values()];
  if (single.length) {
    nodes.push(el("details", { class: "by-case" }, el("summary", {}, "Tùy trường hợp, có thể khác"), show(single)));
  }
  return nodes;
}

export const capital = (text) => text.charAt(0).toLocaleUpperCase("vi") + text.slice(1);
