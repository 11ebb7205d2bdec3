// The frames of messages that belong to an act: consent, form question, review, hand-over … Wording is the server's text.
import { copyButton } from "./answer.js";
import { blocks, date, el, hidden, icon, link, moment, safeUrl } from "./dom.js";

const titleOf = (submission) => submission?.title ?? submission?.procedure?.name ?? "";

function card(kind, symbol, eyebrow, title, ...body) {
  return el("article", { class: `card ${kind}` },
    el("header", { class: "card-head" },
      el("p", { class: "eyebrow" }, icon(symbol), eyebrow),
      title && el("h2", {}, title)),
    ...body);
}

function resume(submission) {
  const url = safeUrl(submission?.resume_url);
  return url && el("p", { class: "resume" }, link(url, "Mở hồ sơ này trên trang riêng", "stand-alone"));
}

function consent({ text, custom }) {
  const title = titleOf(custom.submission);
  return [card("consent", "shield", "Xin phép anh/chị", title, ...blocks(withoutRepeats(text, [title && `${title}.`])), resume(custom.submission))];
}

function errorTexts(errors) {
  const all = Array.isArray(errors) ? errors : Object.values(errors ?? {});
  return all.flat().map((error) => (typeof error === "string" ? error : (error?.message ?? error?.text ?? ""))).filter(Boolean);
}

function form({ text, custom }) {
  const { field = {}, progress, submission } = custom;
  const errors = errorTexts(custom.errors);
  const bar = progress?.total ? [
    el("p", { class: "progress-words" }, `Câu ${Math.min(progress.done + 1, progress.total)} trên ${progress.total}`),
    el("progress", { max: progress.total, value: progress.done, "aria-label": "Đã trả lời" }),
  ] : [];
  const [question, ...rest] = questionFirst(withoutRepeats(text, [field.help, field.example && `Ví dụ: ${field.example}`, ...errors]), field.label);
  return [card("form", "pen", titleOf(submission) || "Điền hồ sơ", null, ...bar,
    errors.length > 0 && el("div", { class: "note bad" }, icon("warn"), el("div", {}, hidden("Cần sửa: "), ...errors.map((error) => el("p", {}, error)))),
    question && el("h2", { class: "question" }, question),
    ...blocks(rest.join("\n")),
    field.help && el("p", { class: "help" }, icon("info"), el("span", {}, field.help)),
    field.example && el("p", { class: "basis" }, "Ví dụ: ", el("span", { class: "example" }, field.example)),
    resume(submission))];
}

/** A first line that asks is the heading; else the field's label is. */
function questionFirst(text, label) {
  const lines = text.trim().split("\n");
  return lines[0].trim().endsWith("?") ? lines : [label, ...withoutRepeats(text, [label]).split("\n")];
}

/** The text is complete by itself; lines that the card shows in their own place are not said twice. */
function withoutRepeats(text, shown) {
  const rest = shown.filter(Boolean).reduce((left, piece) => left.replace(piece, ""), String(text ?? ""));
  const plain = (line) => line.trim().replace(/[.:?!]+$/, "").toLocaleLowerCase("vi");
  const known = new Set(shown.filter(Boolean).map(plain));
  return rest.split("\n").filter((line) => !line.trim() || !known.has(plain(line))).join("\n");
}

/** "- Họ tên: Nguyễn Văn A" lines of a review, as a list of terms. */
function review({ text, custom }) {
  const rows = [];
  const before = [];
  const after = [];
  for (const line of String(text ?? "").split("\n")) {
    const found = /^\s*[-•]\s+([^:]{1,80}):\s+(.+)$/.exec(line);
    if (found) rows.push(el("div", {}, el("dt", {}, found[1]), el("dd", {}, found[2])));
    else (rows.length ? after : before).push(line);
  }
  return [card("review", "check", "Anh/chị xem lại giúp em", titleOf(custom.submission),
    ...blocks(before.join("\n")), rows.length > 0 && el("dl", { class: "terms" }, ...rows), ...blocks(after.join("\n")), resume(custom.submission))];
}

function submitted({ text, custom }, announce) {
  return [card("submitted", "seal", "Tờ khai đã sẵn sàng", titleOf(custom.submission),
    custom.reference && el("div", { class: "reference" },
      el("span", {}, el("span", { class: "basis" }, "Mã phiếu"), el("strong", {}, custom.reference)),
      copyButton(custom.reference, "Chép mã", announce)),
    ...blocks(text),
    custom.downloads?.length > 0 && el("ul", { class: "plain downloads" },
      ...custom.downloads.filter((file) => safeUrl(file.url)).map((file) =>
        el("li", {}, el("a", { href: safeUrl(file.url), class: "button" }, icon("download"), file.title ?? "Tải về")))),
    resume(custom.submission))];
}

function status({ text, custom }) {
  const { dossier } = custom;
  if (!dossier) return null;
  const steps = (dossier.steps ?? []).map((step) => {
    const name = typeof step === "string" ? step : (step.label ?? step.name ?? step.title ?? "");
    const at = step.at ?? step.on;
    return el("li", { class: step.done ? "done" : null }, name, at && el("span", { class: "basis" }, /T/.test(at) ? moment(at) : date(at)));
  });
  return [card("status", "clock", "Hồ sơ", dossier.code,
    ...blocks(text),
    steps.length > 0 && el("ol", { class: "track" }, ...steps),
    dossier.due_on && el("p", { class: "figure-value" }, `Hẹn trả kết quả: ${date(dossier.due_on)}`))];
}

function handoff({ text, custom }) {
  const { position, open_now: open, reopens_at: reopens } = custom.queue ?? {};
  return [card("handoff", "officer", "Gặp cán bộ", null,
    ...blocks(text),
    position && el("p", { class: "queue" }, "Anh/chị đang ở vị trí thứ ", el("strong", {}, String(position))),
    open === false && el("p", { class: "note warn" }, icon("clock"),
      el("span", {}, "Đang ngoài giờ làm việc.", reopens ? ` Cán bộ làm việc lại lúc ${moment(reopens)}.` : "")))];
}

export const KINDS = { consent, form, review, submitted, status, handoff };
