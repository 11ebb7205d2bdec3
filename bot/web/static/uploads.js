// Forms with files: what is too large or of no use is said before it travels, and the button tells that work is going on.

const LARGEST = 20 * 1024 * 1024;

for (const form of document.querySelectorAll("form[data-upload]")) {
  const input = form.querySelector("input[type=file]");
  const error = form.querySelector(".error-text");
  const button = form.querySelector("button[type=submit]");
  const label = button.textContent;

  const fault = () => {
    const big = [...input.files].find((file) => file.size > LARGEST);
    return big ? `Tệp “${big.name}” nặng ${Math.round(big.size / 1024 / 1024)} MB, em nhận tối đa 20 MB. Anh/chị chụp lại ở cỡ nhỏ hơn giúp em.` : "";
  };

  input.addEventListener("change", () => {
    error.textContent = fault();
    error.hidden = !error.textContent;
    input.toggleAttribute("aria-invalid", Boolean(error.textContent));
  });

  form.addEventListener("submit", (event) => {
    if (fault()) {
      event.preventDefault();
      input.focus();
      return;
    }
    button.textContent = "Đang gửi ảnh…";
    button.setAttribute("aria-disabled", "true");
  });

  window.addEventListener("pageshow", () => {
    button.textContent = label;
    button.removeAttribute("aria-disabled");
  });
}
document.getElementById("said")?.focus();
