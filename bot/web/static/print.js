// Printing gives one card, not the whole conversation: the one asked for, else the last.
import { day, el } from "./dom.js";

const TARGET = "print-target";
let opened = [];

function restore() {
  for (const details of opened) details.open = false;
  opened = [];
  document.querySelectorAll(".printed-on").forEach((node) => node.remove());
  document.body.classList.remove("print-one");
}

function prepare(message) {
  restore(); // some browsers tell of one printing twice
  document.querySelectorAll(`.${TARGET}`).forEach((node) => node.classList.remove(TARGET));
  message?.classList.add(TARGET);
  document.body.classList.toggle("print-one", Boolean(message));
  // A closed <details> prints as its title only.
  opened = [...(message?.querySelectorAll("details:not([open])") ?? [])];
  for (const details of opened) details.open = true;
  // Law changes: a sheet found later must tell its age.
  message?.querySelector(".card")?.append(el("p", { class: "basis printed-on" }, `In ngày ${day(new Date().toISOString())}`));
}

let chosen = null;

export function printOne(message) {
  chosen = message;
  window.print();
}

window.addEventListener("beforeprint", () => {
  const cards = document.querySelectorAll(".message .card");
  prepare(chosen ?? cards[cards.length - 1]?.closest(".message"));
});

window.addEventListener("afterprint", () => {
  restore();
  chosen = null;
});
