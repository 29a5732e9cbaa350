// Leave quickly, and nothing private left behind for the Back button.
// Without this script the Leave button is a plain form that ends the session.

const PRESSES = 3;
const WITHIN = 5000; // milliseconds for three presses of Shift
const KEEPALIVE = 60_000; // bytes a browser sends after the page is gone (measured: 63 KiB arrive)

const button = document.querySelector(".leave");
const form = document.getElementById("leave");
const isPrivate = document.documentElement.hasAttribute("data-private");
// Other tabs of the same browser show the same person's words.
const tabs = isPrivate && "BroadcastChannel" in window ? new BroadcastChannel("door") : null;
let leaving = false;

function blank() {
  document.title = "";
  document.body.replaceChildren();
}

// Until the site has heard of it, Back must find nobody signed in.
function mark() {
  const [name, bound] = location.protocol === "https:" ? ["__Host-leaving", "; secure"] : ["leaving", ""];
  if (isPrivate) document.cookie = `${name}=1; path=/; samesite=lax${bound}`;
}

// What stands in the page's other forms is kept, too, for whoever the page belongs to.
function takeAlong(source) {
  for (const field of document.querySelectorAll("main form :is(textarea, .drop__row input)")) {
    if (field.form === source || "notMine" in field.dataset || field.value === field.defaultValue) continue;
    const owner = field.form.elements.owner;
    if (owner) owner.setAttribute("form", source.id);
    field.name = "unsent";
    field.setAttribute("form", source.id);
  }
}

function leave(told = false) {
  if (leaving) return;
  leaving = true;
  if (!told) tabs?.postMessage("leave");
  dispatchEvent(new Event("leaving"));
  const source = button.form || form;
  takeAlong(source);
  const words = new URLSearchParams(new FormData(source));
  const away = form.dataset.exitUrl;
  mark();
  document.title = "";
  if (words.toString().length > KEEPALIVE) {
    // Too long to be sent behind a page that is gone: hide it, and let the form itself carry it.
    document.documentElement.hidden = true;
    source.action = "/exit/";
    source.submit();
    return;
  }
  blank();
  fetch("/exit/", { method: "POST", body: words, keepalive: true }).catch(() => {});
  location.replace(away);
}

button?.addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});

let presses = [];
addEventListener("keydown", (event) => {
  if (event.key !== "Shift" || event.repeat) {
    if (event.key !== "Shift") presses = [];
    return;
  }
  presses = [...presses.filter((at) => event.timeStamp - at < WITHIN), event.timeStamp];
  if (presses.length >= PRESSES) leave();
});

if (isPrivate) {
  tabs?.addEventListener("message", () => leave(true));
  addEventListener("pagehide", blank);
  addEventListener("pageshow", (event) => {
    if (event.persisted) {
      blank();
      location.reload();
    }
  });
}
