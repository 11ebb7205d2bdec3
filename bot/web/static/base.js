// Large-text mode. Loaded as a classic script in <head>: the size is set before the first paint, so nothing jumps.
(function () {
  "use strict";
  var KEY = "motcua.size";
  var root = document.documentElement;

  // Storage can be refused (private mode, kiosk policy); the toggle then still works for this page.
  function remembered() {
    try { return localStorage.getItem(KEY); } catch (refused) { return null; }
  }
  function remember(size) {
    try { localStorage.setItem(KEY, size); } catch (refused) { /* works for this page only */ }
  }

  if (remembered() === "large") root.dataset.size = "large";

  document.addEventListener("DOMContentLoaded", function () {
    var toggle = document.getElementById("text-size");
    if (!toggle) return;
    function show() { toggle.setAttribute("aria-pressed", String(root.dataset.size === "large")); }
    toggle.hidden = false; // hidden in the HTML: without script it would do nothing
    show();
    toggle.addEventListener("click", function () {
      var large = root.dataset.size !== "large";
      if (large) root.dataset.size = "large"; else delete root.dataset.size;
      remember(large ? "large" : "normal");
      show();
    });
  });
})();
