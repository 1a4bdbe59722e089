// The keys. Read before anything is painted, so that nobody is too fast for them: an "r" that goes nowhere makes commands
// of the words typed behind it, and half an answer leaves. What is typed before the page stands waits for it; what is
// typed while one page makes way for the next is let go whole.
"use strict";
(() => {
  const one = (selector, within) => (within || document).querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const FIELD = "input, textarea, select", WRITES = "textarea, input:not([type=checkbox], [type=radio])";
  const BURST = 600; // milliseconds without a key: then what comes next is meant for this page
  const SEND = "send"; // Ctrl+Enter

  // --- what each key does ---
  const step = (by) => {
    const links = all("[data-row]").map((row) => one("a", row)).filter(Boolean);
    if (!links.length) return;
    const at = links.findIndex((link) => link.closest("[data-row]").contains(document.activeElement));
    links[Math.min(links.length - 1, Math.max(0, at < 0 ? 0 : at + by))].focus();
  };
  const press = (key) => {
    const row = document.activeElement && document.activeElement.closest("[data-row]");
    const button = row ? one("form button", row) : one("[data-key=" + key + "]");
    if (button) button.click();
    else if (key === "c" && one("#owner summary")) { one("#owner details").open = true; one("#why").focus(); }
  };
  const write = (field) => {
    if (!field) return;
    const folded = field.closest("details");
    if (folded) folded.open = true;
    field.focus();
  };
  const does = {
    a: () => press("a"), c: () => press("c"), j: () => step(1), k: () => step(-1),
    r: () => write(one("#text")), n: () => write(one("#note")),
    u: () => location.assign(one(".back a") ? one(".back a").href : document.body.dataset.inbox),
    "/": () => location.assign(document.body.dataset.find), "?": () => one("#keys") && one("#keys").showModal(),
  };
  const send = (field) => {
    const button = field && field.id === "text" && one("[data-key=send]", field.form);
    if (button) field.form.requestSubmit(button);
  };
  const on = () => localStorage.getItem("keys") !== "off";
  const act = (key) => { if (does[key] && one("#keys") && !one("#keys").open && on()) does[key](); };

  // --- before the page stands: kept in order, then done, and written where a key led into a text ---
  let early = [];
  const late = (key) => {
    const field = document.activeElement && document.activeElement.closest(WRITES);
    if (!field) return key === SEND ? undefined : act(key);
    if (key === SEND) return send(field);
    field.setRangeText(key, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const ready = () => {
    if (document.readyState === "loading" || !early) return;
    const keys = early;
    early = null;
    keys.forEach(late);
    if (last()) untaken();
  };
  document.addEventListener("readystatechange", ready);

  // --- between two pages: only that keys were typed is remembered, never which ---
  let leaving = 0;
  const LONG = 10000; // a page that takes longer to come is no answer to these keys any more
  const typed = () => sessionStorage.setItem("typed", String(Date.now()));
  const last = () => { const at = Number(sessionStorage.getItem("typed")); return Date.now() - at < LONG ? at : 0; };
  const fresh = () => Date.now() - last() < BURST;
  const going = () => Date.now() - leaving < LONG;
  const untaken = () => { const says = one("#untaken"); if (says) says.hidden = !(says.textContent = says.dataset.says); };
  const taken = () => { sessionStorage.removeItem("typed"); if (one("#untaken")) one("#untaken").hidden = true; };
  addEventListener("beforeunload", () => { leaving = Date.now(); });
  addEventListener("pageshow", () => { leaving = 0; });

  document.addEventListener("keydown", (event) => {
    const field = event.target.closest && event.target.closest(FIELD), plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const sends = event.key === "Enter" && (event.ctrlKey || event.metaKey);
    if (event.key === "Escape") { leaving = 0; if (field) field.blur(); return; }
    if (!sends && (!plain || event.key.length !== 1)) return;
    if (going() || (fresh() && !field)) {
      typed();
      if (!field) { event.preventDefault(); if (!going()) untaken(); }
      return;
    }
    if (field) {
      taken();
      if (sends && field.id === "text") { event.preventDefault(); send(field); }
      return;
    }
    if (event.key === " " && event.target.closest && event.target.closest("a, button, summary")) return;
    taken();
    if (early && on()) { event.preventDefault(); early.push(sends ? SEND : event.key); return; }
    if (sends || !does[event.key] || !on() || (one("#keys") && one("#keys").open)) return;
    event.preventDefault();
    act(event.key);
  });
})();
