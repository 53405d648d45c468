import { remember } from "./dom.js";

// Drop-down menus close when one looks elsewhere, or by Escape, and give the focus back.
function closeDrops(except) {
  for (const open of document.querySelectorAll("details.drop[open]")) {
    if (!open.contains(except)) open.open = false;
  }
}

document.addEventListener("click", (event) => closeDrops(event.target));
document.addEventListener("focusin", (event) => closeDrops(event.target));
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && event.target.closest?.("details.drop[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

// The colour scheme: as the system has it, light, dark, and round again.
const schemes = ["auto", "light", "dark"];
const schemeNames = { auto: "as the system", light: "light", dark: "dark" };

function showScheme(button) {
  const now = document.documentElement.dataset.theme || "auto";
  button.setAttribute("aria-label", `Colours: ${schemeNames[now]}. Change`);
  button.title = `Colours: ${schemeNames[now]}`;
}

function offerSchemes(button) {
  button.hidden = false;
  showScheme(button);
  button.addEventListener("click", () => {
    const now = document.documentElement.dataset.theme || "auto";
    const next = schemes[(schemes.indexOf(now) + 1) % schemes.length];
    if (next === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    remember("scheme", next === "auto" ? null : next);
    showScheme(button);
  });
}

const schemeButton = document.getElementById("ui:scheme");
if (schemeButton) offerSchemes(schemeButton);
