// Words that are not sent yet are not lost by closing a page. Without this script nothing is asked.

let sending = false;

const unsent = (form) =>
  [...document.querySelectorAll("main form :is(textarea, .drop__row input)")].some(
    (field) => field.form !== form && !field.readOnly && field.value !== field.defaultValue,
  );

// Another form's words would be lost by sending this one.
addEventListener("submit", (event) => queueMicrotask(() => (sending = !event.defaultPrevented && !unsent(event.target))));
addEventListener("leaving", () => (sending = true));
addEventListener("pageshow", () => (sending = false));
addEventListener("beforeunload", (event) => {
  if (!sending && (unsent() || document.querySelector("[data-unsent]"))) event.preventDefault();
});
