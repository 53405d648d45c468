// What is there to be copied is copied with one click, where the browser lets a page do that.
import { make } from "./dom.js";

function offerFieldCopy(field) {
  const button = make("button", { type: "button", class: "button small" }, "Copy");
  button.addEventListener("click", async () => {
    field.select();
    await navigator.clipboard.writeText(field.value);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  field.after(button);
}

if (navigator.clipboard) {
  for (const field of document.querySelectorAll("[data-copy]")) offerFieldCopy(field);
}
