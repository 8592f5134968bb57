// The audit: run it, and ask for the drafts it names in the person's own conversation.
(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const said = byId("audit-said");

  for (const time of document.querySelectorAll("time[data-moment]")) { // the server wrote UTC
    time.title = time.textContent;
    time.textContent = new Date(time.dateTime).toLocaleString([], {
      day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false,
    });
  }

  async function send(path, body) {
    try {
      const headers = { "Content-Type": "application/json" };
      const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
      return await answer.json();
    } catch {
      return { ok: false, error: "The console does not answer. Is it still running?" };
    }
  }

  function tell(words, failed) {
    said.hidden = false;
    said.classList.toggle("failed", failed);
    said.textContent = words;
  }

  const run = byId("audit-run");
  run.addEventListener("click", async () => {
    run.disabled = true;
    run.setAttribute("aria-busy", "true");
    tell("Reading every contact and company once …", false);
    const answer = await send(run.dataset.run, {});
    if (answer.ok) return location.reload();
    tell(answer.error, true);
    run.disabled = false;
    run.removeAttribute("aria-busy");
  });

  for (const button of document.querySelectorAll("[data-ask]")) {
    button.addEventListener("click", async () => {
      button.disabled = true;
      const { as, channel } = document.body.dataset;
      const answer = await send(`/as/${as}/say`, { channel, text: button.dataset.ask });
      if (answer.ok) location.assign(`/as/${as}/c/${channel}`);
      else { tell(answer.error, true); button.disabled = false; }
    });
  }
})();
