// The console is whole without this file. It keeps an open inbox fresh, and counts parts while one types; the keys are in keys.js.
"use strict";
(() => {
  const one = (selector, within) => (within || document).querySelector(selector);
  const all = (selector, within) => [...(within || document).querySelectorAll(selector)];
  document.documentElement.classList.add("script");

  // --- waiting times run on ---
  const span = (ms) => {
    const minutes = Math.max(0, Math.floor(ms / 60000)), hours = Math.floor(minutes / 60);
    if (minutes < 1) return "under 1 min";
    if (minutes < 60) return minutes + " min";
    if (hours < 6 && minutes % 60) return hours + " h " + (minutes % 60) + " min";
    return hours < 48 ? hours + " h" : Math.floor(hours / 24) + " days";
  };
  const asOf = one("#as-of");
  // the laptop's clock may be far from the wall's: count on from what the server said
  const server = asOf ? Date.parse(asOf.dateTime) : Date.now(), loaded = Date.now();
  let ahead = server - loaded;
  const tick = () => {
    if (!asOf) return;
    const now = Date.now() + ahead, say = (time, says) => { if (time.textContent !== says) time.textContent = says; };
    for (const time of all("time[data-ago]")) say(time, span(now - Date.parse(time.dateTime)));
    for (const time of all("time[data-due]")) {
      const left = Date.parse(time.dateTime) - now;
      say(time, left <= 0 ? span(-left) + " late" : "due in " + span(left));
    }
  };
  setInterval(tick, 20000);

  // --- the inbox stays fresh ---
  const EVERY = 4000;
  const rows = one("#rows"), said = one("#said"), offline = one("#offline");
  const ids = () => new Set(all("[data-row]").map((row) => row.dataset.row));
  const swap = (html) => {
    const before = ids(), was = rows.firstElementChild.dataset, held = document.activeElement && document.activeElement.closest("[data-row]");
    const key = held && held.dataset.row;
    const open = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
    rows.replaceChildren(open);
    for (const row of all("[data-row]")) if (!before.has(row.dataset.row)) row.classList.add("fresh");
    const again = key && all("[data-row]").find((row) => row.dataset.row === key);
    if (again) one("a", again).focus({ preventScroll: true });
    if (said.textContent !== open.dataset.said) said.textContent = open.dataset.said;
    const count = Number(open.dataset.waiting);
    const more = (what) => Number(open.dataset[what]) > Number(was[what]);
    if (more("waiting") || more("urgent")) announce("A text waits.");
    else if (more("late")) announce("A text waits longer than promised.");
    document.title = (count ? "(" + count + ") " : "") + "Inbox · Porchlight";
  };
  // who asked for it hears of a text while the page is out of sight: that something waits, and nothing more
  const bell = one("#announce"), able = "Notification" in self;
  const wanted = () => able && Notification.permission === "granted" && localStorage.getItem("announce") === "on";
  const announce = (says) => { if (wanted() && document.hidden) new Notification("Porchlight", { body: says, tag: "porchlight" }); };
  const bellSays = () => { bell.textContent = wanted() ? "Stop telling me when a text waits" : "Tell me when a text waits"; };
  if (bell && able && Notification.permission !== "denied") {
    bell.hidden = false;
    bellSays();
    bell.addEventListener("click", async () => {
      const on = !wanted() && await Notification.requestPermission() === "granted";
      localStorage.setItem("announce", on ? "on" : "off");
      bellSays();
    });
  }
  let asked = 0;
  const poll = async () => {
    if (document.hidden && (!wanted() || Date.now() - asked < 20000)) return;
    asked = Date.now();
    try {
      const mark = rows.firstElementChild.dataset.mark;
      const answer = await fetch(rows.dataset.poll + "&seen=" + encodeURIComponent(mark), { credentials: "same-origin" });
      if (answer.status === 401) return void location.assign(rows.dataset.signIn);
      if (answer.status === 200) swap(await answer.text());
      offline.hidden = answer.ok;
      if (answer.ok && asOf) asOf.textContent = new Date(Date.now() + ahead).toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit", timeZone: asOf.dataset.zone });
    } catch { offline.hidden = false; }
  };
  if (rows && rows.dataset.poll) {
    setInterval(poll, EVERY);
    document.addEventListener("visibilitychange", poll);
  }

  // --- an open thread says that something new was written ---
  const desk = one("[data-news]"), news = one("#news");
  const here = one("#here");
  const listen = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(desk.dataset.news + "&there=" + encodeURIComponent(desk.dataset.there), { credentials: "same-origin" });
      offline.hidden = answer.status === 200 || answer.status === 204;
      if (answer.status !== 200) return;
      const said = new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild;
      if (said.dataset.wrote) news.hidden = false;
      if (said.dataset.there === desk.dataset.there) return;
      desk.dataset.there = said.dataset.there;
      here.textContent = said.textContent.trim();
      here.hidden = !here.textContent;
    } catch { offline.hidden = false; }
  };
  if (desk) setInterval(listen, EVERY);

  // --- a text on its way: for two minutes the page looks what became of it ---
  let looks = 0;
  const follow = async () => {
    if (document.hidden || looks++ > 60) return;
    for (const line of all("[data-truth]").slice(-3)) {
      try {
        const answer = await fetch(line.dataset.truth, { credentials: "same-origin" });
        if (answer.status !== 200) continue;
        const says = await answer.text();
        const body = new DOMParser().parseFromString(says, "text/html").body, tone = one("[data-tone]", body).dataset.tone;
        if (body.textContent.trim() === line.textContent.trim()) continue;
        line.className = "truth " + tone;
        line.replaceChildren(...body.childNodes);
        if (tone !== "wait") line.removeAttribute("data-truth");
        const undo = one(".undo", line.parentElement);
        if (undo && !one("[data-undo]", line)) undo.remove();
      } catch { return; }
    }
  };
  if (one("[data-truth]")) setInterval(follow, 2000);

  // --- parts while one types (chalicelib/core/segments.py is the authority) ---
  const BASIC = new Set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");
  const ESCAPED = new Set("^{}\\[]~|€\f");
  const plainer = (text) => text
    .replace(/[\u2018\u2019\u201a\u201b\u2032\u02bc`\u00b4]/g, "'").replace(/[\u201c-\u201f\u2033\u00ab\u00bb]/g, '"')
    .replace(/[\u2010-\u2015\u2212]/g, "-").replace(/[\u00a0\u2002-\u200a\u202f\u3000\t]/g, " ")
    .replace(/[\u200b\u2060\ufeff\u00ad]/g, "").replace(/\u2026/g, "...");
  const clusters = (text) => self.Intl && Intl.Segmenter
    ? [...new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text)].map((each) => each.segment) : [...text];
  const count = (text) => {
    const odd = [...new Set([...text].filter((char) => !BASIC.has(char) && !ESCAPED.has(char)))];
    const weigh = odd.length ? (piece) => piece.length : (piece) => [...piece].reduce((sum, char) => sum + (ESCAPED.has(char) ? 2 : 1), 0);
    const [single, many] = odd.length ? [70, 67] : [160, 153];
    const units = weigh(text);
    let parts = units ? 1 : 0, left = single - units;
    if (units > single) {
      left = many;
      for (const piece of odd.length ? clusters(text) : [...text]) {
        if (weigh(piece) > left) { parts += 1; left = many; }
        left -= weigh(piece);
      }
    }
    return { parts, left, odd, name: odd.length ? "UCS-2" : "GSM-7" };
  };
  const text = one("#text"), shown = one("#count");
  const recount = () => {
    const part = count(plainer(text.value).trim());
    shown.textContent = part.parts + (part.parts === 1 ? " part" : " parts") + " · " + part.left + " left in " +
      (part.parts > 1 ? "the last" : "it") + " · " + part.name + (part.odd.length ? " because of " + part.odd.slice(0, 5).join(" ") : "");
  };
  if (text && shown) { text.addEventListener("input", recount); if (text.value) recount(); }

  // --- what is not sent yet is kept, sealed, by the server: nothing in this browser ---
  const reply = text && text.closest("form[data-draft]"), kept = one("#kept");
  let keeping = 0, had = text ? text.defaultValue : ""; // somebody may have typed before this script ran
  // what the check of words says stands beside the field; what was shown is not asked again when it is sent
  const advice = one("#advice");
  const advise = async (answer) => {
    const said = answer.status === 200 ? new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild : null;
    if (said) {
      const shown = new Set(reply.elements.advised.value.split(" ").filter(Boolean).concat(said.dataset.rules.split(" ")));
      reply.elements.advised.value = [...shown].join(" ");
    }
    if ((said ? said.textContent : "").trim() !== advice.textContent.trim()) advice.replaceChildren(...(said ? [said] : []));
  };
  const keep = async () => {
    clearTimeout(keeping);
    if (!reply || text.value === had || reply.dataset.sent) return;
    const now = text.value;
    const body = new URLSearchParams({ csrf: reply.elements.csrf.value, form_id: reply.elements.form_id.value, text: now });
    try {
      const answer = await fetch(reply.dataset.draft, { method: "POST", body, credentials: "same-origin", keepalive: true });
      if (answer.ok) { had = now; await advise(answer); }
      kept.textContent = answer.ok ? "Draft kept" : "Your draft is not kept: sign in again in another window";
    } catch { kept.textContent = "No connection: your draft is on this page only. We try again."; keeping = setTimeout(keep, 5000); }
  };
  if (reply) {
    text.addEventListener("input", () => { clearTimeout(keeping); keeping = setTimeout(keep, 2000); });
    text.addEventListener("blur", keep);
    document.addEventListener("visibilitychange", () => document.hidden && keep());
    addEventListener("online", keep);
  }

  // --- a page that is slow to come says so ---
  const going = one("#going"), noLine = one("#no-line");
  let slow = [];
  addEventListener("beforeunload", () => {
    if (!going) return;
    slow = [setTimeout(() => { going.hidden = false; }, 400), setTimeout(() => { going.textContent = going.dataset.slow; }, 10000)];
  });
  addEventListener("pageshow", () => { slow.forEach(clearTimeout); if (going) going.hidden = true; });
  addEventListener("online", () => { if (noLine) noLine.hidden = true; });
  // On a narrow screen the programs are one line. Not scrollIntoView: Chromium would begin Tab there, past the skip link.
  const at = one(".bar ul [aria-current]"), line = at && at.closest("ul");
  if (line) line.scrollLeft += Math.max(0, at.getBoundingClientRect().right - line.getBoundingClientRect().right);

  // --- the group of further pages closes by itself: Escape, a press elsewhere, or the focus gone on ---
  const more = one(".more details");
  if (more) {
    const close = (event) => { if (!more.contains(event.target)) more.open = false; };
    addEventListener("click", close);
    addEventListener("focusin", close);
    more.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !more.open) return;
      more.open = false;
      one("summary", more).focus();
    });
  }

  // --- a second click is not a second text; the form's own id sees to that on the server too ---
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) return event.preventDefault();
    if (!navigator.onLine && noLine) { noLine.hidden = false; return event.preventDefault(); } // the browser's own page would take the words with it
    form.dataset.sent = "1";
    if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
  });
  addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    all("[aria-disabled]", form).forEach((button) => button.removeAttribute("aria-disabled"));
  }));
  const errors = one("#errors");
  if (errors) errors.focus();

  // --- keys ---
  const dialog = one("#keys"), box = one("#keys-on"), button = one(".keys");
  const on = () => localStorage.getItem("keys") !== "off";
  if (button && dialog) {
    button.hidden = false;
    button.addEventListener("click", () => dialog.showModal());
    box.checked = on();
    box.addEventListener("change", () => localStorage.setItem("keys", box.checked ? "on" : "off"));
  }
})();
