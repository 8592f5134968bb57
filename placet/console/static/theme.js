// Before the first paint: the theme that was chosen, else the system's.
(() => {
  "use strict";
  let chosen = null;
  try { chosen = localStorage.getItem("placet-theme"); } catch { /* storage is off */ }
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
