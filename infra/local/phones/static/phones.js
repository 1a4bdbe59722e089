// Keeps the table fresh, and what somebody is typing in place. Without it every form and link works as well.
"use strict";

const table = document.getElementById("table");

function drafts() {
  const kept = new Map();
  for (const field of table.querySelectorAll("input[id], textarea[id], details[id]")) {
    kept.set(field.id, field.type === "checkbox" ? field.checked : field.tagName === "DETAILS" ? field.open : field.value);
  }
  return kept;
}

function restore(kept, focused, selection) {
  for (const [id, value] of kept) {
    const field = document.getElementById(id);
    if (!field || field.type === "checkbox") continue;
    if (field.tagName === "DETAILS") field.open = value;
    else field.value = value;
  }
  const field = focused && document.getElementById(focused);
  if (!field) return;
  field.focus({ preventScroll: true });
  if (selection && field.setSelectionRange) field.setSelectionRange(...selection);
}

function toTheNewest(before) {
  for (const list of table.querySelectorAll(".texts")) {
    const was = before.get(list.id);
    list.scrollTop = was && !was.atEnd ? was.top : list.scrollHeight;
  }
}

function places() {
  return new Map([...table.querySelectorAll(".texts")].map((list) => [
    list.id, { top: list.scrollTop, atEnd: list.scrollTop + list.clientHeight > list.scrollHeight - 40 },
  ]));
}

function show(html) {
  const active = document.activeElement;
  const selection = active && "selectionStart" in active ? [active.selectionStart, active.selectionEnd] : null;
  const kept = drafts(), before = places(), nav = table.querySelector("nav").scrollTop;
  table.innerHTML = html;
  restore(kept, active && active.id, selection);
  table.querySelector("nav").scrollTop = nav;
  toTheNewest(before);
}

async function follow() {
  for (;;) {
    try {
      const { version, query } = table.dataset;
      const answer = await fetch(`/changes?seen=${version}&${query}`);
      if (!answer.ok) throw new Error(answer.statusText);
      const html = await answer.text();
      if (answer.headers.get("X-Version") !== table.dataset.version || query !== table.dataset.query) show(html);
      table.dataset.version = answer.headers.get("X-Version");
      document.body.classList.remove("gone");
    } catch {
      document.body.classList.add("gone");
      await new Promise((wake) => setTimeout(wake, 1000));
    }
  }
}

table.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches(".composer, .call form")) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  form.reset();
  await fetch(form.action, { method: "POST", body, redirect: "manual" });
});

table.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || !event.target.matches(".composer textarea")) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

table.addEventListener("change", (event) => {
  if (event.target.matches(".switches input, .faults input")) event.target.form.submit();
});

document.documentElement.classList.add("live");
toTheNewest(new Map());
follow();
