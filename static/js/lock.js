// A page locks with its session, all tabs together. The server decides, and does without this.

const root = document.documentElement;
const quiet = root.dataset.lock * 60_000;
const cover = document.getElementById("locked");
const tabs = new BroadcastChannel("lock");
let last = Date.now(); // when somebody was here, in any tab; 0 under the cover
let told = last; // when the server heard of it
let timer = 0;

function hide() {
  last = 0;
  root.dataset.shut = "";
  if (!cover.open) cover.showModal();
}

// What autosave has not kept, and what stands in any other form.
function unsaved() {
  const fields = [...document.querySelectorAll("main form:not([data-autosave]) :is(textarea, input)")];
  return !dispatchEvent(new Event("beforeunload", { cancelable: true })) || fields.some((field) => field.value !== field.defaultValue);
}

// Words that are not saved stay under the cover; any other page goes.
function shut() {
  if (cover.open || unsaved()) hide();
  else location.replace(`/unlock/?next=${location.pathname}`);
}

async function ask(here = "") {
  try {
    const answer = await fetch(`/lock/${here}`);
    if (answer.redirected || answer.status === 401) return shut();
    last = Date.now() - quiet + (await answer.json()).left * 1000;
    watch();
    if (!cover.open) return;
    delete root.dataset.shut;
    cover.close();
    dispatchEvent(new Event("unlocked"));
  } catch {
    if (Date.now() - last >= quiet) hide();
  }
}

function watch() {
  clearTimeout(timer);
  const left = last + quiet - Date.now();
  if (left > 0) timer = setTimeout(watch, left);
  else ask();
}

function stir() {
  const now = Date.now();
  if (!last || now - last < 5000) return;
  last = now;
  tabs.postMessage("here");
  if (now - told < 60_000) return;
  told = now;
  ask("?here");
}

if (quiet) {
  tabs.onmessage = ({ data }) => {
    if (data === "here") last &&= Date.now();
    else if (cover.open === data) ask();
  };
  for (const sign of ["keydown", "pointerdown", "pointermove", "scroll"]) addEventListener(sign, stir, true);
  addEventListener("locked", shut);
  cover.addEventListener("close", () => last || hide());
  document.addEventListener("visibilitychange", () => document.hidden || watch());
  watch();
} else if (location.pathname.includes("reauth")) {
  tabs.onmessage = ({ data }) => data === true && location.replace(`/unlock/${location.search}`);
}
addEventListener("pagehide", () => tabs.close());
tabs.postMessage(quiet > 0); // whether it is open
