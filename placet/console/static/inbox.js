// The inbox: local times, a note when mail arrives, and the one-click unsubscribe button.
(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const today = new Date().toDateString();

  for (const time of document.querySelectorAll("time[data-moment]")) { // the server wrote UTC
    const at = new Date(time.dateTime);
    const clock = { hour: "2-digit", minute: "2-digit", hour12: false };
    time.title = time.textContent;
    time.textContent = at.toDateString() === today
      ? at.toLocaleTimeString([], clock)
      : at.toLocaleString([], { day: "numeric", month: "short", ...clock });
  }

  const ring = document.querySelector("[data-ring]");
  ring?.addEventListener("click", async () => {
    ring.setAttribute("aria-busy", "true");
    let answer = { ok: false, error: "The console does not answer. Is it still running?" };
    try {
      const headers = { "Content-Type": "application/json" };
      answer = await (await fetch(ring.dataset.ring, { method: "POST", headers, body: "{}" })).json();
    } catch { /* said below */ }
    const box = byId("rang");
    box.hidden = false;
    box.classList.toggle("failed", !answer.ok);
    box.textContent = answer.ok ? answer.words : answer.error;
    ring.removeAttribute("aria-busy");
  });

  const inbox = byId("inbox");
  async function look() {
    if (document.hidden) return;
    try {
      const response = await fetch(`${location.pathname}/newest`);
      const { newest } = await response.json();
      if (newest > Number(inbox.dataset.newest)) byId("arrived").hidden = false;
    } catch { /* the next look says it */ }
  }
  if (inbox) setInterval(look, 2000);
})();
