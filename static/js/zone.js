// The time zone this browser lives in: sent along when signing up, offered on the profile.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "";

for (const input of document.querySelectorAll('input[name="browser_zone"]')) input.value = zone;

const select = document.querySelector("select[data-zone]");
const offer = document.querySelector("[data-zone-offer]");
if (select && offer) {
  const known = [...select.options].find((option) => option.value === zone);
  if (known && select.value !== zone) {
    const button = offer.querySelector("button");
    button.textContent = `Use ${known.textContent}`;
    button.addEventListener("click", () => {
      select.value = zone;
      offer.hidden = true;
      select.focus();
    });
    offer.hidden = false;
  }
}
