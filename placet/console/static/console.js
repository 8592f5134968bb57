// The console's page: sends what a person does, and fetches anew what the server says has changed.
// Markup comes only from the server's templates, which escape; text from elsewhere goes in as text.
(() => {
  "use strict";
  const { as: me, channel, tab } = document.body.dataset;
  const base = `/as/${encodeURIComponent(me)}`;
  const byId = (id) => document.getElementById(id);
  const find = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const anchor = (ts) => ts.replace(".", "-");
  const modal = byId("modal");
  let thread = document.body.dataset.thread || "";

  // --- talking to the server ---------------------------------------------------------------------

  async function send(what, body) {
    try {
      const response = await fetch(`${base}/${what}`, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
      });
      const answer = await response.json().catch(() => ({ ok: false }));
      if (!answer.ok) toast(answer.error || "The console did not take that; reload the page.");
      return answer;
    } catch {
      toast("The console does not answer. Is it still running in the terminal?");
      return { ok: false };
    }
  }

  async function piece(path) {
    const response = await fetch(`${base}/${path}`);
    if (response.status === 204) return null;
    if (!response.ok) throw new Error(await response.text());
    return response.text();
  }

  function made(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    return holder.content;
  }

  function toast(words) {
    const box = document.createElement("div");
    box.className = "toast";
    box.textContent = words;
    byId("toasts").append(box);
    setTimeout(() => box.remove(), 7000);
  }

  // --- messages ----------------------------------------------------------------------------------

  const atEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 120;
  const toEnd = (box) => box && box.scrollTo({ top: box.scrollHeight, behavior: "instant" });

  async function refresh(box, ts, place) {
    if (!box) return;
    const html = await piece(`c/${channel}/m/${ts}?in=${place}`).catch(() => null);
    const old = byId(`${place}-${anchor(ts)}`);
    if (html === null) { if (old) old.remove(); return; }
    const fresh = made(html);
    const stay = atEnd(box);
    if (old) {
      const open = old.contains(document.activeElement) && document.activeElement.dataset.action;
      old.replaceWith(fresh);
      if (open) find(`[data-action="${CSS.escape(open)}"]`, byId(`${place}-${anchor(ts)}`))?.focus();
    } else {
      byId("empty")?.remove();
      fresh.firstElementChild.classList.add("fresh");
      const later = all(".message", box).find((one) => one.dataset.ts > ts);
      box.insertBefore(fresh, later || null);
    }
    dress(box);
    if (stay) toEnd(box);
  }

  // In line with the notes: one that comes meanwhile is drawn into the panel, not beside it.
  function openThread(ts) {
    line = line.then(() => drawThread(ts)).catch((error) => console.error(error));
    return line;
  }

  async function drawThread(ts) {
    const html = await piece(`c/${channel}/t/${ts}`);
    if (html === null) return;
    thread = ts;
    const panel = byId("thread");
    panel.replaceChildren(made(html));
    panel.hidden = false;
    find(".app").classList.add("with-thread");
    const url = new URL(location.href);
    url.searchParams.set("thread", ts);
    history.replaceState(null, "", url);
    dress(panel);
    toEnd(byId("thread-timeline"));
    find("textarea", panel)?.focus();
  }

  function closeThread() {
    const from = thread;
    thread = "";
    byId("thread").hidden = true;
    byId("thread").replaceChildren();
    find(".app").classList.remove("with-thread");
    const url = new URL(location.href);
    url.searchParams.delete("thread");
    history.replaceState(null, "", url);
    find(`[data-open-thread="${from}"]`)?.focus();
  }

  async function onMessage(note) {
    if (note.to_user && note.to_user !== me) return;
    if (note.channel !== channel || tab !== "messages") { mark(note); return; }
    if (note.to_user && note.thread_ts && note.thread_ts !== thread && note.change === "new") {
      await whisper(note);
    }
    const timeline = byId("timeline");
    if (!note.thread_ts) await refresh(timeline, note.ts, "channel");
    else await refresh(timeline, note.thread_ts, "channel");
    if (thread && (note.thread_ts || note.ts) === thread) {
      await refresh(byId("thread-timeline"), note.ts, "thread");
    }
  }

  // An answer for this person alone, in a thread that is not open: it must not go unseen.
  async function whisper(note) {
    const html = await piece(`c/${channel}/m/${note.ts}?in=thread`).catch(() => null);
    const words = html && find(".blocks, .text", made(html))?.textContent.trim();
    if (words) toast(words);
  }

  let unread = [];
  try { unread = JSON.parse(sessionStorage.getItem("placet-unread")) || []; } catch { /* none */ }
  if (tab === "messages") unread = unread.filter((one) => one !== channel);

  function mark(note) {
    if (note.by === me || note.change === "deleted" || note.to_user) return;
    if (!unread.includes(note.channel)) unread.push(note.channel);
    showUnread();
  }

  function showUnread() {
    try { sessionStorage.setItem("placet-unread", JSON.stringify(unread)); } catch { /* off */ }
    for (const link of all("[data-dm], .side [data-channel]")) {
      const has = unread.includes(link.dataset.channel || link.dataset.dm);
      find(".dot", link).hidden = !has || link.hasAttribute("aria-current");
    }
  }

  // --- values of inputs ----------------------------------------------------------------------------

  function valueOf(input) {
    switch (input.dataset.input) {
      case "many": return all("input:checked", input).map((one) => one.value);
      case "one": return input.matches("select") ? input.value : find("input:checked", input)?.value || null;
      case "moment": return input.value ? String(Math.floor(Date.parse(input.value) / 1000)) : null;
      default: return input.value;
    }
  }

  function valuesIn(box) {
    const values = {};
    for (const input of all("[data-input]", box)) {
      (values[input.dataset.block] ??= {})[input.dataset.action] = valueOf(input);
    }
    return values;
  }

  function restore(box, values) {
    for (const input of all("[data-input]", box)) {
      const value = values[input.dataset.block]?.[input.dataset.action];
      if (value === undefined) continue;
      const ticks = all("input[type=checkbox], input[type=radio]", input);
      if (ticks.length) for (const one of ticks) one.checked = [].concat(value ?? []).includes(one.value);
      else if (input.dataset.input !== "moment") input.value = value ?? "";
    }
  }

  // --- pressing ------------------------------------------------------------------------------------

  function asked(button) {
    const template = find("template.ask", button);
    if (!template) return Promise.resolve(true);
    const part = (name) => find(`[data-part="${name}"]`, template.content).cloneNode(true);
    const dialog = byId("confirm");
    byId("confirm-title").replaceChildren(part("title"));
    byId("confirm-text").replaceChildren(part("text"));
    byId("confirm-no").replaceChildren(part("no"));
    byId("confirm-yes").replaceChildren(part("yes"));
    byId("confirm-yes").className = template.dataset.style === "danger" ? "btn btn-danger filled" : "btn btn-primary";
    dialog.returnValue = "no";
    dialog.showModal();
    byId("confirm-yes").focus();
    return new Promise((done) => {
      dialog.addEventListener("close", () => { button.focus(); done(dialog.returnValue === "yes"); }, { once: true });
    });
  }

  function placeOf(element) {
    const view = element.closest("[data-view]");
    if (view) return [view, { view_id: view.dataset.view }];
    const message = element.closest(".message");
    return [message, { channel: message.dataset.channel, ts: message.dataset.ts }];
  }

  async function act(element, value) {
    if (element.getAttribute("aria-busy") === "true" || !(await asked(element))) return;
    const [box, where] = placeOf(element);
    element.setAttribute("aria-busy", "true");
    if (element.dataset.url) window.open(element.dataset.url, "_blank", "noopener,noreferrer");
    const answer = await send("press", {
      ...where, block_id: element.dataset.block, action_id: element.dataset.action,
      value: value ?? element.dataset.value ?? null, values: valuesIn(box),
    });
    element.removeAttribute("aria-busy");
    if (answer.ok && element.closest(".feedback")) {
      for (const one of all("button", element.closest(".feedback"))) one.classList.toggle("pressed", one === element);
    }
    element.closest("details.overflow")?.removeAttribute("open");
  }

  // --- modals --------------------------------------------------------------------------------------

  let drawing = 0;
  async function drawModal() {
    const turn = ++drawing;
    const html = await piece("modal");
    if (turn !== drawing) return;
    if (html === null) { if (modal.open) modal.close(); modal.replaceChildren(); return; }
    const before = find("form", modal);
    const [view, kept] = [before?.dataset.view, before ? valuesIn(before) : {}];
    modal.replaceChildren(made(html));
    const form = find("form", modal);
    if (view === form.dataset.view) restore(form, kept);
    dress(modal);
    if (!modal.open) modal.showModal();
    const first = ["[autofocus]", "[data-input]", ".modal-body"].map((one) => find(one, form)).find(Boolean);
    (first?.matches(".ticks") ? find("input", first) : first)?.focus();
  }

  async function submit(form) {
    const button = find("footer .btn-primary", form);
    button?.setAttribute("aria-busy", "true");
    clearErrors(form);
    const answer = await send("submit", { view_id: form.dataset.view, values: valuesIn(form) });
    button?.removeAttribute("aria-busy");
    if (!answer.ok) return;
    if (Object.keys(answer.errors).length) showErrors(form, answer.errors);
    else await drawModal();
  }

  function clearErrors(form) {
    for (const one of all(".b-error, .form-error", form)) { one.hidden = true; one.textContent = ""; }
    for (const one of all("[aria-invalid]", form)) one.removeAttribute("aria-invalid");
  }

  function showErrors(form, errors) {
    let first = null;
    for (const [block, words] of Object.entries(errors)) {
      const field = find(`[data-field="${CSS.escape(block)}"]`, form);
      const place = field ? find(".b-error", field) : find(".form-error", form);
      place.textContent = words;
      place.hidden = false;
      const input = field && find("[data-input]", field);
      input?.setAttribute("aria-invalid", "true");
      first ??= input;
    }
    (first?.matches(".ticks") ? find("input", first) : first)?.focus();
  }

  async function dismiss(whole) {
    const form = find("form", modal);
    if (form) await send("close", { view_id: form.dataset.view, whole });
    await drawModal();
  }

  // --- writing -------------------------------------------------------------------------------------

  async function post(text, where) {
    const answer = await send("say", { channel, text, thread_ts: where || null });
    if (answer.ok && answer.ts && !where && find(".tabs")) await openThread(answer.ts);
    return answer.ok;
  }

  async function submitComposer(form) {
    const area = find("textarea", form);
    const text = area.value.trim();
    if (!text) return;
    area.value = "";
    if (!(await post(text, form.dataset.thread))) area.value = text;
  }

  // --- what the page listens to --------------------------------------------------------------------

  function dress(box) {
    for (const time of all(".meta time", box)) { // the server wrote UTC
      time.textContent = new Date(time.dateTime).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
    }
    for (const input of all("[data-input=moment]", box)) {
      if (!input.value && input.dataset.initial) {
        const at = new Date(Number(input.dataset.initial) * 1000);
        input.value = new Date(at - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
      }
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const { dataset } = button;
    if ("press" in dataset) act(button);
    else if (dataset.openThread) openThread(dataset.openThread);
    else if ("closeThread" in dataset) closeThread();
    else if (dataset.prompt) post(dataset.prompt, "");
    else if (dataset.inspect) inspect(button);
    else if ("stop" in dataset) send("stop", { channel, thread_ts: dataset.stop });
    else if (dataset.dismiss) dismiss(dataset.dismiss === "whole");
    else if (dataset.shortcut) {
      const message = button.closest(".message").dataset;
      send("shortcut", { callback_id: dataset.shortcut, channel: message.channel, ts: message.ts });
    } else if (button.id === "theme") toggleTheme();
  });

  document.addEventListener("change", (event) => {
    const input = event.target.closest("[data-input]");
    if (input && "acts" in input.dataset) act(input, valueOf(input));
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog" || form.matches(".search")) return;
    event.preventDefault();
    if (form.matches(".composer")) submitComposer(form);
    else if (form.dataset.view) submit(form);
  });

  document.addEventListener("keydown", (event) => {
    const area = event.target;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && area.matches?.(".composer textarea")) {
      event.preventDefault();
      area.form.requestSubmit();
    } else if (event.key === "Escape" && thread && !document.querySelector("dialog[open]")) closeThread();
  });

  modal.addEventListener("cancel", (event) => { event.preventDefault(); dismiss(false); });

  async function inspect(button) {
    const { channel: where, ts } = button.closest(".message").dataset;
    const json = await piece(`c/${where}/json/${ts}`).catch((error) => error.message);
    try { byId("inspector-json").textContent = JSON.stringify(JSON.parse(json), null, 2); }
    catch { byId("inspector-json").textContent = json; }
    byId("inspector").showModal();
  }

  function toggleTheme() {
    const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    try { localStorage.setItem("placet-theme", next); } catch { /* storage is off */ }
    nameTheme();
  }

  function nameTheme() {
    const dark = document.documentElement.dataset.theme === "dark";
    byId("theme").textContent = dark ? "Light theme" : "Dark theme";
    byId("theme").setAttribute("aria-pressed", String(dark));
  }

  // --- live ----------------------------------------------------------------------------------------

  async function redrawStatus() {
    for (const box of all("[data-status]")) {
      const html = await piece(`c/${channel}/status?thread=${box.dataset.status}`).catch(() => null);
      if (html !== null) box.replaceChildren(made(html));
    }
  }

  async function redrawHome() {
    const html = await piece("home/view");
    if (html !== null) byId("home").replaceChildren(made(html));
  }

  let line = Promise.resolve();
  function onNote(note) {
    if (note.kind === "reload") { keepWriting(); location.reload(); return; } // the server restarted
    line = line.then(async () => {
      if (note.kind === "message") await onMessage(note);
      else if (note.kind === "modal" && note.user === me) await drawModal();
      else if (note.kind === "home" && note.user === me && byId("home")) await redrawHome();
      else if (note.kind === "session" && note.channel === channel) await redrawStatus();
    }).catch((error) => console.error(error));
  }

  let known = document.body.dataset.known;
  function listen() {
    const events = new EventSource(`${base}/events?after=${encodeURIComponent(known)}`);
    events.onmessage = (event) => { known = event.lastEventId || known; onNote(JSON.parse(event.data)); };
    events.onopen = () => {
      byId("live").classList.remove("off");
      byId("live").textContent = "Live";
      document.body.dataset.live = "yes";
    };
    events.onerror = () => {
      byId("live").classList.add("off");
      byId("live").textContent = "Reconnecting ...";
      if (events.readyState === EventSource.CLOSED) setTimeout(listen, 1500);
    };
  }

  function keepWriting() {
    try { sessionStorage.setItem("placet-writing", find("#main .composer textarea")?.value || ""); }
    catch { /* storage is off */ }
  }

  function goOnWriting() {
    const area = find("#main .composer textarea");
    try {
      if (area && !area.value) area.value = sessionStorage.getItem("placet-writing") || "";
      sessionStorage.removeItem("placet-writing");
    } catch { /* storage is off */ }
  }

  goOnWriting();
  nameTheme();
  showUnread();
  dress(document);
  for (const id of ["timeline", "thread-timeline"]) toEnd(byId(id));
  drawModal().catch(() => {});
  if (!matchMedia("(pointer: coarse)").matches) find("#main .composer textarea")?.focus();
  listen();
})();
