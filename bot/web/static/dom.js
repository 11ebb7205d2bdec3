// Making nodes safely. Everything that comes from the server passes through here as text, never as HTML.

const SPRITE = new URL("./icons.svg", import.meta.url).pathname;
const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes and children. Strings become text nodes; null, undefined and false are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${SPRITE}#${name}`);
  svg.append(use);
  return svg;
}

export const hidden = (text) => el("span", { class: "visually-hidden" }, text);

/** The address if a citizen may be sent there, else null: web pages and our own paths, never javascript: or data:. */
export function safeUrl(url) {
  if (typeof url !== "string") return null;
  if (/^\/(?![/\\])/.test(url) || /^https?:\/\//i.test(url)) return url;
  return null;
}

/** A link; pages of others open beside the chat and say so, our own stay in this tab (the chat is restored on return). */
export function link(url, text, className) {
  const safe = safeUrl(url);
  if (!safe) return el("span", { class: className }, text);
  if (safe.startsWith("/")) return el("a", { href: safe, class: className }, text);
  return el("a", { href: safe, class: className, target: "_blank", rel: "noopener noreferrer" },
    text, " ", icon("open"), hidden(" (mở trang mới)"));
}

/** Text with its web addresses made into links. */
export function inline(text) {
  const parts = String(text).split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])/g);
  return parts.map((part, index) => (index % 2 ? link(part, part) : part)).filter((part) => part !== "");
}

const BULLET = /^\s*[-•]\s+/;
const NUMBER = /^\s*(\d{1,2})[.)]\s+/;

/** Plain text to paragraphs and lists: blank line = new paragraph, "- " or "• " = list, "1. " = numbered list. */
export function blocks(text) {
  const nodes = [];
  let open = null;
  for (const line of String(text ?? "").replace(/\r\n?/g, "\n").split("\n")) {
    const number = NUMBER.exec(line);
    if (!line.trim()) {
      open = null;
    } else if (BULLET.test(line)) {
      if (open?.tagName !== "UL") nodes.push((open = el("ul")));
      open.append(el("li", {}, ...inline(line.replace(BULLET, ""))));
    } else if (number) {
      if (open?.tagName !== "OL") nodes.push((open = el("ol", { start: number[1] })));
      open.append(el("li", {}, ...inline(line.replace(NUMBER, ""))));
    } else if (open?.tagName === "P") {
      open.append(el("br"), ...inline(line));
    } else {
      nodes.push((open = el("p", {}, ...inline(line))));
    }
  }
  return nodes;
}

const ZONE = "Asia/Ho_Chi_Minh";

/** 2026-01-31 to 31/01/2026, without a time zone getting in between; anything else is given back as it is. */
export function date(iso) {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso ?? "");
  return found ? `${found[3]}/${found[2]}/${found[1]}` : String(iso ?? "");
}

/** An ISO moment in the words of Hanoi's clock: "08:00 thứ Hai, 12/01/2026". */
export function moment(iso) {
  const when = new Date(iso);
  if (Number.isNaN(when.getTime())) return date(iso);
  const part = (options) => new Intl.DateTimeFormat("vi-VN", { timeZone: ZONE, ...options }).format(when);
  const time = part({ hour: "2-digit", minute: "2-digit", hour12: false });
  const weekday = part({ weekday: "long" });
  return `${time} ${/^th/i.test(weekday) ? `t${weekday.slice(1)}` : weekday}, ${day(iso)}`;
}

/** The local day of an ISO moment, as dd/mm/yyyy. */
export function day(iso) {
  const when = new Date(iso);
  if (Number.isNaN(when.getTime())) return "";
  const options = { timeZone: ZONE, day: "2-digit", month: "2-digit", year: "numeric" };
  return new Intl.DateTimeFormat("en-GB", options).format(when);
}

export const money = (amount) => `${new Intl.NumberFormat("vi-VN").format(amount)} đồng`;
