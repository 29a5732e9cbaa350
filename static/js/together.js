// A room that is open shows what the other has just added. It asks every quarter of a minute, less
// often when nothing comes, and not at all while the page is hidden. Nobody learns that it asks.

const room = document.getElementById("room");
const line = document.getElementById("news");
const SOON = 15_000;
const LATE = 120_000;
const XLINK = "http://www.w3.org/2000/svg";
const seen = new Set();
let wait = SOON;
let timer = 0;
let now = room?.dataset.now;
let there = 0;

function filled(name, item) {
  const made = document.getElementById(name).content.firstElementChild.cloneNode(true);
  for (const spot of made.querySelectorAll("[data-is]")) spot.textContent = item[spot.dataset.is];
  made.id = `p-${item.id}`;
  return made;
}

function drawn(tag, attributes, ...inside) {
  const made = document.createElementNS(XLINK, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...inside);
  return made;
}

function ball({ hue, swirl, turn }) {
  const parts = [drawn("circle", { class: `mb f-${hue}`, r: 20 })];
  if (swirl) parts.push(drawn("use", { class: `sw k-${hue}`, href: `#swirl-${swirl}`, transform: `rotate(${turn})`, opacity: 0.5 }));
  return [...parts, drawn("use", { href: "#glint" })];
}

function marble(item) {
  const added = filled("new-marble", item);
  added.prepend(drawn("svg", { viewBox: "-21 -21 42 42", "aria-hidden": "true" }, ...ball(item)));
  document.getElementById("lately").prepend(added);
  const jar = document.querySelector("#jar svg");
  if (String(item.jar) !== room.dataset.jar) return false;
  const falling = drawn("g", { class: "marble marble--new" }, ...ball(item));
  jar.querySelector(".base").before(drawn("g", { transform: item.place }, falling));
  const count = jar.querySelectorAll("g.marble").length;
  jar.querySelector(".tag-n").textContent = count;
  jar.setAttribute("aria-label", `A glass jar with ${count} of sixty marbles in it`);
  return true;
}

function note(item) {
  const added = filled("new-note", item);
  added.querySelector("a").href = `${location.pathname}posts/${item.id}/`;
  document.getElementById("stream").prepend(added);
  return true;
}

function reply(item) {
  const list = document.querySelector(`#p-${CSS.escape(item.parent)} .replies`);
  list?.append(filled("new-reply", item));
  return Boolean(list);
}

const ways = { marble, note, reply };

function show(item) {
  if (seen.has(item.id) || document.getElementById(`p-${item.id}`)) return false;
  seen.add(item.id);
  if (document.getElementById(`new-${item.kind}`) && ways[item.kind](item)) return true;
  changed();
  return true;
}

function changed() {
  const link = document.createElement("a");
  link.href = location.pathname;
  link.textContent = "Show it";
  line.replaceChildren("Something here has changed. ", link);
  line.hidden = false;
}

async function look() {
  try {
    const answer = await fetch(`${room.dataset.since}${now}/`, { redirect: "error" });
    if (answer.ok) {
      const said = await answer.json();
      const fresh = said.news.filter(show);
      if (said.there < there + fresh.length) changed(); // something was taken back
      there = said.there;
      now = Math.max(now, said.now);
      wait = fresh.length ? SOON : Math.min(wait * 1.2, LATE);
    } else if (answer.status < 500) return; // signed out, or the room is left: the page says so
    else wait = Math.min(wait * 2, LATE);
  } catch {
    wait = Math.min(wait * 2, LATE);
  }
  again();
}

function again() {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(look, wait);
}

if (room) {
  // The marble that was just dropped falls; without this script it lies there.
  if (location.hash === "#jar") [...document.querySelectorAll("#jar g.marble")].at(-1)?.classList.add("marble--new");
  for (const known of room.dataset.known?.split(" ") ?? []) seen.add(known);
  document.addEventListener("visibilitychange", () => {
    wait = SOON;
    if (document.hidden) clearTimeout(timer);
    else look();
  });
  again();
}
