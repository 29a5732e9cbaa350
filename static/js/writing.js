// On a writing page: beginnings to take, a count, a clock, and no unsaved word left by accident.
// Without this script the page is a plain form with a Save button.

const NEAR = 0.9;
const sheet = document.getElementById("writing") || document.getElementById("begin");
const status = document.querySelector("#saved span");
const count = sheet?.querySelector("[data-count]");
const most = Number(sheet?.dataset.most || 0);
const quiet = count?.textContent;
let dirty = false;

function total() {
  let text = "";
  for (const field of sheet.querySelectorAll("textarea, input.field")) text += field.value + "\n";
  return text;
}

function tell() {
  if (!count) return;
  const text = total();
  const words = text.split(/\s+/).filter(Boolean).length;
  const near = most > 0 && text.length > most * NEAR;
  count.classList.toggle("near", near); // also where there is little room
  count.textContent = near
    ? `${text.length.toLocaleString("en-GB")} of ${most.toLocaleString("en-GB")} characters. A page of its own may be kinder for the rest.`
    : words
      ? `${words} ${words === 1 ? "word" : "words"}. As few or as many as it takes.`
      : quiet;
}

function grow(area) {
  if (CSS.supports("field-sizing", "content")) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight}px`;
}

sheet?.addEventListener("input", (event) => {
  dirty = true;
  if (status) {
    status.textContent = "Not saved yet, still here";
    status.parentElement.dataset.state = "unsaved";
  }
  if (event.target.tagName === "TEXTAREA") grow(event.target);
  tell();
});
// Autosave may hold the form back until the words are safe.
sheet?.addEventListener("submit", (event) => queueMicrotask(() => event.defaultPrevented || (dirty = false)));
sheet?.addEventListener("saved", () => (dirty = false));
addEventListener("leaving", () => (dirty = false));
addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});
sheet?.querySelectorAll("textarea").forEach(grow);

for (const ways of document.querySelectorAll("[data-ways]")) {
  // In the margin of a desk there is room for them; on a phone they would push the sheet away.
  if (ways.closest(".guide") && matchMedia("(min-width: 64rem)").matches) ways.open = true;
  const area = document.getElementById(ways.dataset.ways);
  ways.addEventListener("click", (event) => {
    if (event.target.tagName !== "BUTTON" || !area) return;
    const start = event.target.textContent.replace(/\s*…$/, " ");
    const before = area.value && !/\n\s*$/.test(area.value) ? `${area.value.trimEnd()}\n\n` : area.value;
    area.value = before + start;
    area.focus();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && sheet) {
    event.preventDefault();
    sheet.requestSubmit(sheet.querySelector(".btn[type=submit], .btn:not([type])"));
  }
});

// A field breaks badly across paper, so paper gets the words themselves.
addEventListener("beforeprint", () => {
  for (const field of sheet?.querySelectorAll("textarea, input:is(:not([type]), [type=date])") ?? []) {
    const words = document.createElement("span");
    words.className = "printed";
    words.textContent = field.value || (field.closest(".frame") ? "…" : "");
    field.after(words);
  }
});
addEventListener("afterprint", () => sheet?.querySelectorAll("span.printed").forEach((words) => words.remove()));

for (const part of document.querySelectorAll(".deskset")) part.hidden = false;
const look = document.querySelector("[data-look]");
look?.addEventListener("change", () => {
  const chosen = new URLSearchParams({ text_size: look.querySelector("input:checked").value });
  const checks = look.querySelector("[name=spellcheck]").checked;
  if (checks) chosen.set("spellcheck", "on");
  sheet.dataset.size = chosen.get("text_size");
  for (const field of sheet.querySelectorAll("[spellcheck]")) field.spellcheck = checks;
  sheet.querySelectorAll("textarea").forEach(grow);
  const headers = { "X-CSRFToken": sheet.elements.csrfmiddlewaretoken.value, Accept: "application/json" };
  fetch(look.dataset.look, { method: "POST", body: chosen, headers, keepalive: true }).catch(() => {});
});

const clock = document.querySelector("[data-timer]");
if (clock) {
  const offered = clock.dataset.timer.split(" ").map(Number);
  const starts = offered.map((minutes) => {
    const start = document.createElement("button");
    start.type = "button";
    start.className = "plain";
    start.textContent = offered.length > 1 ? `${minutes} minutes` : `Start a clock of ${minutes} minutes`;
    start.addEventListener("click", () => run(minutes));
    return start;
  });
  clock.replaceChildren(...starts);
  const run = (minutes) => {
    const end = Date.now() + minutes * 60_000; // goes on while the lid is shut
    const say = document.createElement("span");
    clock.replaceChildren(say);
    const tick = () => {
      const left = Math.ceil((end - Date.now()) / 60_000);
      say.textContent = left > 0 ? `${left} ${left === 1 ? "minute" : "minutes"} left` : "That is the time. Finish the sentence, or go on.";
      if (left > 0) setTimeout(tick, 5_000);
      else say.setAttribute("role", "status");
    };
    tick();
    sheet?.querySelector("textarea, .sheet__question input:not([type=hidden])")?.focus();
  };
}
