// The one place to write in. It takes on the label and help of the form question that is being asked.

const AUTOFILL = { name: "name", full_name: "name", phone: "tel", email: "email", address: "street-address" };
const KEYBOARD = { phone: "tel", email: "email", number: "numeric", integer: "numeric", id_number: "numeric", citizen_id: "numeric" };

export class Composer {
  constructor(form, onSend) {
    this.form = form;
    this.box = form.querySelector("textarea");
    this.label = form.querySelector("label");
    this.plain = { label: this.label.textContent, placeholder: this.box.placeholder };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.box.value.trim();
      if (!text) return this.focus();
      this.box.value = "";
      this.#grow();
      onSend(text);
    });
    this.box.addEventListener("keydown", (event) => {
      // Telex keyboards compose: their Enter ends a word, it does not send. 229 is the same on older browsers.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      form.requestSubmit();
    });
    this.box.addEventListener("input", () => this.#grow());
  }

  focus() {
    this.box.focus({ preventScroll: true });
  }

  /** Puts text back that could not be taken, unless something new is being written. */
  giveBack(text) {
    if (this.box.value) return;
    this.box.value = text;
    this.#grow();
  }

  /** The question the last message asks, if it is a form's. */
  ask(custom) {
    const field = custom?.kind === "form" ? (custom.field ?? {}) : null;
    this.label.textContent = field?.label ?? this.plain.label;
    this.box.placeholder = field ? (field.example ? `Ví dụ: ${field.example}` : "") : this.plain.placeholder;
    this.#set("autocomplete", AUTOFILL[field?.type] ?? AUTOFILL[field?.id] ?? "off");
    this.#set("inputmode", KEYBOARD[field?.type]);
    const wrong = field && (Array.isArray(custom.errors) ? custom.errors.length : Object.keys(custom.errors ?? {}).length);
    this.#set("aria-invalid", wrong ? "true" : null);
  }

  #set(name, value) {
    if (value) this.box.setAttribute(name, value);
    else this.box.removeAttribute(name);
  }

  #grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.box.style.height = "auto";
    this.box.style.height = `${this.box.scrollHeight + 2}px`;
  }
}
