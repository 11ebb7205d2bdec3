// The page of a dossier that is on its way: looks now and then whether anything changed, and shows it. Nothing typed on
// the page is thrown away: while a field is being corrected the page is left alone.

const panel = document.getElementById("tinh-trang");
const EVERY = [2, 3, 5, 10, 20, 40, 60]; // seconds
let looks = 0;

async function look() {
  try {
    const response = await fetch(panel.dataset.url, { headers: { Accept: "application/json" } });
    if (response.ok && (await response.json()).mark !== panel.dataset.mark) return void location.reload();
  } catch { /* no connection now; the next look may find one */ }
  looks += 1;
  wait();
}

function wait() {
  setTimeout(() => (document.hidden ? wait() : look()), 1000 * EVERY[Math.min(looks, EVERY.length - 1)]);
}

// Filing on the portal oneself: a button beside each answer puts it into the clipboard.
function copyButtons() {
  for (const answer of document.querySelectorAll(".answers dd")) {
    const text = answer.textContent.trim();
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button small copy";
    button.textContent = "Chép";
    button.setAttribute("aria-label", `Chép ${answer.previousElementSibling?.textContent ?? ""}`);
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = "Đã chép";
      } catch {
        getSelection().selectAllChildren(answer); // no right to the clipboard: marked, to be copied by hand
      }
    });
    answer.append(" ", button);
  }
}

if (document.querySelector("[data-portal]")) copyButtons();
if (panel && !document.getElementById("draft")) wait();
