// Keys for those who like them. They are silent while one types, and can be switched off in their own help.
import { make, remember, remembered } from "./dom.js";

const shortcuts = {
  "/": ["Search", () => document.getElementById("ui:q")],
  "e": ["Edit this page", () => document.getElementById("ui:edit-link")],
  "h": ["Versions of this page", () => document.getElementById("ui:history-link")],
  "?": ["These keys", () => null],
};

function typing(target) {
  return target.isContentEditable || target.closest?.("input, textarea, select, dialog");
}

let help;

function showHelp() {
  help ??= buildHelp();
  help.showModal();
}

function buildHelp() {
  const lines = Object.entries(shortcuts).flatMap(([key, [what]]) => [make("dt", {}, make("kbd", {}, key)), make("dd", {}, what)]);
  lines.push(make("dt", {}, make("kbd", {}, "Ctrl S")), make("dd", {}, "Save, in the editor"));
  const off = make("input", { type: "checkbox" });
  off.checked = remembered("keys") !== "off";
  off.addEventListener("change", () => remember("keys", off.checked ? null : "off"));
  const dialog = make("dialog", { "aria-labelledby": "ui:keys-title" },
    make("h2", { id: "ui:keys-title" }, "Keys"),
    make("dl", { class: "keys" }, ...lines),
    make("p", {}, make("label", {}, off, " Single keys are on")),
    make("form", { method: "dialog" }, make("button", { class: "button primary" }, "Close")));
  document.body.append(dialog);
  return dialog;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target)) return;
  const shortcut = shortcuts[event.key];
  if (!shortcut || (event.key !== "?" && remembered("keys") === "off")) return;
  event.preventDefault();
  if (event.key === "?") return showHelp();
  const target = shortcut[1]();
  if (target?.id === "ui:q") {
    target.focus();
    target.select();
  } else {
    target?.click();
  }
});
