// Says before sending that a file is too large, and presses "Go on" by itself while words come in.
// Without this script the answer says it, and the button is pressed by hand.

const coming = document.querySelector("[data-goes-on]");
if (coming) setTimeout(() => coming.requestSubmit(coming.querySelector("button")), 300);

const form = document.querySelector("form[data-most]");
const input = form?.querySelector('input[type="file"]');
input?.addEventListener("change", () => {
  const most = Number(form.dataset.most);
  const size = input.files[0]?.size ?? 0;
  const words = `This file is too large. Up to ${most / 1024 / 1024} megabytes can be brought in.`;
  input.setCustomValidity(size > most ? words : "");
  input.reportValidity();
});
