// Autosave for writing pages: no word waits for a button, none is overwritten, none is kept in the
// browser. "Saved" is said only on the server's answer. Without this script Save does the same.

const PAUSE = 1000; // after the last key
const AT_MOST = 5000; // while typing goes on
const BEHIND = 60_000; // bytes a browser sends for a page that is gone
const ALONG = 16_000; // bytes that go on their way whatever becomes of the page
const PATIENCE = 30_000; // for one answer
const RETRY = [2000, 4000, 8000, 15_000, 30_000];
const PASSING = [408, 409, 422, 425, 429]; // of the answers that put it down to us

const form = document.getElementById("writing");
const status = document.getElementById("saved");
const held = form?.elements;
let sent = ""; // the words the server last acknowledged, as a posted body without ids
let last = new Map(); // the same, by field: what a delta is measured against
let busy = null;
let flying = ""; // the words on their way now
let lasting = false; // whether they get there without this page
let pending = null; // a save that may have arrived although its answer never did
let waiting = 0;
let first = 0;
let tries = 0;
let ended = false;
let asking = false; // which of two texts stays on top
let refused = null; // words that cannot be kept like this
let barred = ""; // why not even a button could keep them

const uuid = () =>
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16),
  );

function say(state, words) {
  if (!status) return;
  status.dataset.state = state;
  status.querySelector("span").textContent = words;
}

function words() {
  const data = new URLSearchParams(new FormData(form));
  for (const name of ["csrfmiddlewaretoken", "entry_id", "save_id", "base_version"]) data.delete(name);
  return data;
}

function envelope(data, saveId) {
  const body = new URLSearchParams(data);
  body.set("entry_id", held.entry_id.value);
  body.set("base_version", held.base_version.value);
  body.set("save_id", saveId);
  return body;
}

// What changed in a text, counted in characters as the server counts them.
function delta(before, now) {
  let start = 0;
  const shorter = Math.min(now.length, before.length);
  while (start < shorter && now[start] === before[start]) start += 1;
  if (start && before.charCodeAt(start - 1) >= 0xd800 && before.charCodeAt(start - 1) < 0xdc00) start -= 1;
  let end = 0;
  while (end < shorter - start && now[now.length - 1 - end] === before[before.length - 1 - end]) end += 1;
  const tail = before.charCodeAt(before.length - end);
  if (end && tail >= 0xdc00 && tail < 0xe000) end -= 1;
  return {
    start: [...before.slice(0, start)].length,
    end: [...before.slice(0, before.length - end)].length,
    text: now.slice(start, now.length - end),
  };
}

// Of the longest fields only what changed, since the words of each of `bases` ...
function cut(body, data, bases) {
  const long = [...data].filter(([name]) => held[name].tagName === "TEXTAREA").sort((a, b) => b[1].length - a[1].length);
  for (const [name, now] of long) {
    if (body.toString().length <= BEHIND) break;
    body.delete(name);
    for (const [base, words] of Object.entries(bases)) {
      body.append(`${base}_field`, name);
      for (const [part, value] of Object.entries(delta(words.get(name) ?? "", now))) body.append(`${base}_${part}`, value);
    }
  }
  return body;
}

// ... where the whole would not fit behind a closing page. Another save may be under way, and only
// the server will know whether it arrived: so what changed since then goes along, or goes alone.
function fitting(data, saveId, underWay) {
  const fresh = () => {
    const body = envelope(data, saveId);
    if (underWay) body.set("after", underWay.saveId);
    return body;
  };
  const after = underWay && { after: new Map(underWay.data) };
  const both = cut(fresh(), data, { splice: last, ...after });
  return both.toString().length > BEHIND && after ? cut(fresh(), data, after) : both;
}

function post(body, keepalive = false) {
  return fetch(form.dataset.autosave, {
    method: "POST",
    body,
    keepalive,
    signal: AbortSignal.timeout(PATIENCE),
    headers: { "X-CSRFToken": held.csrfmiddlewaretoken.value, Accept: "application/json" },
  });
}

function settled() {
  return [sent, refused].includes(words().toString());
}

function save() {
  clearTimeout(waiting);
  waiting = first = 0;
  if (ended || busy) return busy;
  if (settled()) return null;
  const data = words();
  // The same words under the same id are answered the same way: nothing is doubled, no clash made.
  pending ??= { data, said: data.toString(), saveId: uuid() };
  return fly(attempt(pending), pending.said);
}

function fly(trip, said) {
  flying = said;
  const mine = (busy = trip.finally(() => {
    if (busy !== mine) return;
    busy = null;
    flying = "";
    if (!ended && !asking && !waiting && !settled()) later(PAUSE);
  }));
  return mine;
}

async function attempt(one, again = true) {
  const { data, said, saveId } = one;
  say("saving", "Saving");
  let answer;
  let told;
  try {
    const body = envelope(data, saveId);
    lasting = body.toString().length < ALONG;
    answer = await post(body, lasting);
    if (answer.status === 403 && again && (await renewed())) return attempt(one, false);
    if (ended) return null;
    if (answer.status === 401 || answer.status === 403) return signedOut(await answer.text());
    if (answer.status >= 400 && answer.status < 500 && !PASSING.includes(answer.status)) return bar(answer.status, said);
    told = await answer.json();
  } catch {
    return retry();
  }
  if (answer.ok) return acknowledged(told, data, said);
  if (answer.status === 409 && told.why === "clash") return clash(told, said);
  if (answer.status === 409) return otherPerson();
  if (answer.status === 422) {
    pending = null;
    refused = said;
    barred = "";
    return say("unsaved", told.words);
  }
  return retry();
}

// The same words would get the same answer for ever, and a button would lead away from them.
function bar(status, said) {
  const known = barred;
  tries = 0;
  pending = null;
  refused = said;
  barred =
    status === 413
      ? "They are too long for one page. Move a part of them to a page of its own; the rest is saved as soon as it fits."
      : "The page they belong to is not here any more. Copy them to a page of your own.";
  say("unsaved", "Not saved, still here");
  if (!known) tellBarred();
}

function tellBarred() {
  const dialog = note("This cannot be saved as it is", ["Your words are still on this page.", barred], [
    ["Back to my words", () => dialog.close()],
  ]);
}

function acknowledged(told, data, said) {
  tries = 0;
  pending = refused = null;
  barred = "";
  sent = said;
  last = new Map(data);
  if (told.entry_id) held.entry_id.value = told.entry_id;
  // From now on Reload, and Save, are about the page that was kept.
  if (told.entry_id && form.dataset.kept) history.replaceState(null, "", `${form.dataset.kept}${told.entry_id}/edit/`);
  held.base_version.value = told.version ?? held.base_version.value;
  document.getElementById("aside-note")?.close();
  if (words().toString() !== sent) return;
  form.dispatchEvent(new CustomEvent("saved"));
  if (told.saved) say("saved", `Saved ${told.saved}`);
  else say("unsaved", held.base_version.value === "0" ? "Nothing to save yet" : "Empty: what you wrote before stays");
}

function retry() {
  say("unsaved", navigator.onLine ? "Not saved yet, still here" : "Offline. Not saved yet, still here");
  later(RETRY[Math.min(tries, RETRY.length - 1)]);
  tries += 1;
}

async function renewed() {
  try {
    const answer = await fetch(form.dataset.token, { headers: { Accept: "application/json" } });
    if (!answer.ok) return false;
    const told = await answer.json();
    if (told.owner !== held.owner?.value) {
      otherPerson();
      return false;
    }
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = told.token;
    return true;
  } catch {
    return false;
  }
}

function note(title, text, acts) {
  let dialog = document.getElementById("aside-note");
  if (!dialog) {
    dialog = document.createElement("dialog");
    dialog.id = "aside-note";
    dialog.className = "dialog";
    dialog.setAttribute("aria-labelledby", "aside-note-h");
    dialog.addEventListener("close", () => (asking = false));
    document.body.append(dialog);
  }
  const heading = document.createElement("h2");
  heading.id = "aside-note-h";
  heading.textContent = title;
  const row = document.createElement("div");
  row.className = "acts";
  const parts = text.map((line) => {
    const paragraph = document.createElement("p");
    paragraph.textContent = line;
    return paragraph;
  });
  acts.forEach(([label, act], at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = at ? "plain" : "btn";
    button.textContent = label;
    button.addEventListener("click", act);
    row.append(button);
  });
  dialog.replaceChildren(heading, ...parts, row);
  if (!dialog.open) dialog.showModal();
  return dialog;
}

function signedOut(told) {
  retry();
  if (told.includes('"why": "locked"')) return dispatchEvent(new Event("locked"));
  if (document.getElementById("aside-note")?.open) return;
  const dialog = note(
    "You have been signed out",
    ["Your words are still on this page. Sign in in another tab, then come back and save them."],
    [
      ["Save them now", () => (dialog.close(), renewed().then(save))],
      ["Sign in in another tab", () => open(form.dataset.signIn, "_blank", "noopener")],
    ],
  );
}

function otherPerson() {
  ended = true;
  clearTimeout(waiting);
  say("unsaved", "Not saved: somebody else is signed in");
  const dialog = note(
    "Somebody else is signed in now",
    ["Nothing was saved there. Your words are still on this page: copy them, or sign in as yourself in another tab and save again."],
    [["Try again", () => ((ended = false), dialog.close(), renewed().then(save))]],
  );
}

function put(fields, join) {
  for (const [name, other] of Object.entries(fields)) {
    const field = held[name];
    if (!field || !("value" in field) || field instanceof RadioNodeList) continue;
    const mine = field.value;
    const seam = field.tagName === "TEXTAREA" ? "\n\n" : " / ";
    if (join && mine.trim() && other.trim() && mine !== other) field.value = mine + seam + other;
    else if (!join || !mine.trim()) field.value = other;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function clash(told, said) {
  // Both texts are kept on the server by now; what is asked is only which one stays on top.
  held.base_version.value = told.version;
  pending = null;
  asking = true;
  sent = said;
  last = new Map(Object.entries(told.fields));
  say("unsaved", "Two texts, both kept");
  const choose = (join) => () => {
    dialog.close();
    asking = false;
    sent = "";
    if (join !== null) put(told.fields, join);
    save();
  };
  const dialog = note(
    "This page changed somewhere else",
    ["Both texts are kept, and both stay in the history.", "Kept there:", Object.values(told.fields).join("\n\n").slice(0, 600)],
    [["Keep both", choose(true)], ["Keep mine", choose(null)], ["Take the other", choose(false)]],
  );
}

// Where words save themselves no link can leave without saving; it says what there is instead.
async function instead(event) {
  const { then, to } = event.target.dataset;
  if (event.target.textContent !== then) return;
  event.preventDefault();
  while (busy) await busy;
  await save();
  if (!settled() || asking) return;
  ended = true;
  const kept = held.base_version.value !== "0";
  location.assign(kept ? `${form.dataset.kept}${held.entry_id.value}/${to}/` : event.target.href);
}

function later(time) {
  clearTimeout(waiting);
  waiting = setTimeout(save, time);
}

// The page may be gone in a moment: what is not on its way yet is sent behind it.
function flush() {
  if (ended || !form) return;
  const data = words();
  const said = data.toString();
  // What is on its way and goes with the page is sent again as it was: under the same id.
  const again = said === flying && pending?.said === said;
  if (settled() || (said === flying && (lasting || !again))) return;
  const saveId = again ? pending.saveId : uuid();
  if (!busy) pending ??= { data, said, saveId };
  const body = fitting(data, saveId, busy && !again && pending);
  if (body.toString().length > BEHIND) return save();
  lasting = true;
  const behind = post(body, true).then(async (answer) => answer.ok && acknowledged(await answer.json(), data, said));
  fly(Promise.allSettled([busy, behind]), said);
}

if (form?.dataset.autosave) {
  sent = words().toString();
  last = new Map(words());
  const leave = form.querySelector("[data-then]");
  leave?.addEventListener("click", instead);
  form.addEventListener("input", () => {
    if (leave) leave.textContent = leave.dataset.then;
    first ||= performance.now();
    later(Math.max(0, Math.min(PAUSE, first + AT_MOST - performance.now())));
  });
  form.addEventListener("change", () => later(0));
  form.addEventListener("focusout", () => words().toString() !== sent && save());
  form.addEventListener("submit", async (event) => {
    // A button leaves this page only once the words are safe, or the server has a word to say.
    if (ended) return;
    if (!busy && !asking && words().toString() === sent) {
      // Asked again while this very event runs, the form would not submit at all.
      ended = true;
      return;
    }
    event.preventDefault();
    const button = event.submitter;
    while (busy) await busy;
    await save();
    if (!pending && !settled()) await save(); // that was one whose answer had been lost
    if (asking || !settled()) return;
    if (barred) return tellBarred();
    ended = true;
    form.requestSubmit(button);
  });
  addEventListener("keydown", (event) => {
    if (event.key?.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    save();
  });
  addEventListener("online", () => save());
  addEventListener("unlocked", () => save());
  addEventListener("leaving", () => (ended = true));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") flush();
    else if (pending) save(); // back from signing in elsewhere, or from a sleep
  });
  addEventListener("pagehide", flush, { capture: true });
}
