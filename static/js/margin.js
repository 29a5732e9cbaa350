// Notes in the margin, one at a time, two quiet seconds after the last key, and only beside words
// that are meant for somebody else. Without this script they stand on the page once it is read.

const QUIET = 2000;
const AROUND = 10_000; // characters before and after the caret that are looked at

const form = document.getElementById("writing");
const held = form?.elements;
const status = document.createElement("p");
let shown = null; // { area, text, start, end, box, mirror }
let waiting = 0;
let turn = 0;

const kept = () => [...form.querySelectorAll("[name=kept_phrases]")].map((one) => one.value);
const units = (text, points) => [...text].slice(0, points).join("").length;

// What is read with a field, and where the field begins in it: a gap says little without its sentence.
function around(area) {
  const from = Math.max(0, area.selectionEnd - AROUND);
  const parts = area.closest(".frame")?.childNodes;
  if (!parts) return [area.value.slice(from, from + 2 * AROUND), from];
  let text = "";
  let before = 0;
  for (const one of parts) {
    if (one === area) before = text.length;
    text += one.value ?? one.textContent;
  }
  return [text, -before];
}

async function look(area) {
  const mine = (turn += 1);
  const [text, from] = around(area);
  let found = [];
  if (text.trim()) {
    const body = new URLSearchParams([["text", text], ["owner", held.owner.value]]);
    for (const phrase of kept()) body.append("kept_phrases", phrase);
    const headers = { "X-CSRFToken": held.csrfmiddlewaretoken.value, Accept: "application/json" };
    try {
      const answer = await fetch(form.dataset.margin, { method: "POST", body, headers });
      if (!answer.ok) return;
      found = (await answer.json()).notes;
    } catch {
      return; // a note that does not come is nothing to speak of
    }
  }
  if (mine !== turn) return;
  const long = area.value.length;
  const gap = area.closest(".frame");
  const notes = found
    .map((note) => [note, from + units(text, note.start), from + units(text, note.end)])
    .filter(([, start, end]) => end > 0 && start < long)
    // A gap stands in a sentence already, and what we offer is a sentence of its own.
    .map(([note, start, end]) => (gap ? [{ ...note, instead: "" }, Math.max(0, start), Math.min(long, end)] : [note, start, end]));
  if (notes.some(([, start]) => shown?.area === area && shown.start === start)) return;
  if (notes.length) show(area, ...notes[0]);
  else if (shown?.area === area) away();
}

function part(tag, name, words) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.textContent = words;
  return made;
}

function show(area, note, start, end) {
  away();
  const box = part("section", "nudge", "");
  box.id = "nudge";
  box.setAttribute("aria-labelledby", "nudge-h");
  const heading = part("h2", "", `“${note.phrase}”`);
  heading.id = "nudge-h";
  const acts = part("div", "acts", "");
  const button = (words, act) => {
    const made = part("button", "plain", words);
    made.type = "button";
    made.addEventListener("click", act);
    acts.append(made);
  };
  if (note.instead) button("Use this", () => use(note.instead));
  button("Keep mine", () => keep(note.phrase));
  box.append(heading, part("p", "", note.reason));
  if (note.instead) box.append(part("p", "try", note.instead));
  box.append(acts);
  (area.closest(".frame") ?? area).after(box);
  shown = { area, text: area.value, start, end, box, mirror: null, told: area.getAttribute("aria-describedby") };
  area.setAttribute("aria-describedby", `${shown.told ?? ""} nudge-h`.trim());
  if (area.tagName === "TEXTAREA") {
    shown.mirror = part("div", "sheet__mirror", "");
    shown.mirror.setAttribute("aria-hidden", "true");
    area.before(shown.mirror);
    stitch();
  }
  status.textContent = "One note in the margin";
}

function stitch() {
  const { area, start, end, mirror } = shown;
  mirror?.replaceChildren(area.value.slice(0, start), part("mark", "", area.value.slice(start, end)), area.value.slice(end));
}

function away() {
  if (!shown) return;
  shown.box.remove();
  shown.mirror?.remove();
  if (shown.told) shown.area.setAttribute("aria-describedby", shown.told);
  else shown.area.removeAttribute("aria-describedby");
  status.textContent = "";
  shown = null;
}

// Words may be written before or after the phrase; once it is touched itself, the note goes.
function follow() {
  const { area, text, start, end } = shown;
  const moved = area.value.length - text.length;
  if (!area.value.startsWith(text.slice(0, end))) {
    if (!area.value.endsWith(text.slice(start))) return away();
    shown.start += moved;
    shown.end += moved;
  }
  shown.text = area.value;
  stitch();
}

// “I am” stays one “I am” where “sorry if” becomes “I am sorry that …”.
function overlap(before, words) {
  const lead = words.toLowerCase().split(" ");
  for (let many = 3; many; many -= 1) {
    const head = `${lead.slice(0, many).join(" ")} `;
    if (lead.length > many && before.toLowerCase().endsWith(head)) return head.length;
  }
  return 0;
}

function use(words) {
  const { area, end } = shown;
  const start = shown.start - overlap(area.value.slice(0, shown.start), words);
  away();
  area.focus();
  area.setSelectionRange(start, end);
  // The one way into a field that its own undo knows of.
  if (!document.execCommand("insertText", false, words)) {
    area.setRangeText(words, start, end, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const gap = words.indexOf("…");
  if (gap >= 0) area.setSelectionRange(start + gap, start + gap + 1);
}

function keep(phrase) {
  const { area } = shown;
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "kept_phrases";
  field.value = phrase;
  form.append(field);
  away();
  area.focus();
  form.dispatchEvent(new Event("change"));
  soon(area);
}

function soon(area) {
  turn += 1;
  clearTimeout(waiting);
  waiting = setTimeout(look, QUIET, area);
}

if (form?.querySelector("[data-spoken]")) {
  status.className = "vh";
  status.setAttribute("role", "status");
  form.after(status);
  form.addEventListener("input", ({ target }) => {
    if (shown?.area === target) follow();
    if (target.matches("[data-spoken]")) soon(target);
  });
  form.addEventListener("focusin", ({ target }) => target.matches("[data-spoken]") && soon(target));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && shown?.box.contains(event.target)) shown.area.focus();
  });
}
