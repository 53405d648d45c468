// Code can be copied with one click, where the browser lets a page do that.
import { make } from "./dom.js";

function offerCopy(pre) {
  const button = make("button", { type: "button", class: "button small copy" }, "Copy");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(pre.innerText);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  const frame = make("div", { class: "code-frame" });
  pre.replaceWith(frame);
  frame.append(pre, button);
}

if (navigator.clipboard) {
  for (const pre of document.querySelectorAll("article pre")) offerCopy(pre);
}
