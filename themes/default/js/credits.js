// Headings tell who wrote what stands below them, and texts to paste are copied with one click.
import { make } from "./dom.js";

const credited = document.querySelector("[data-credits]");

// namesOf makes "Ana Lima 62 %, Ben 38 %" of the people that the server names.
function namesOf(known) {
  const shown = known.authors.slice(0, 4);
  const rest = known.authors.length - shown.length + (known.others ?? 0);
  if (known.authors.length === 1) return shown[0].name;
  const names = shown.map(({ name, share }) => `${name} ${share < 0.01 ? "under 1" : share < 1 ? Math.min(99, Math.round(100 * share)) : 100} %`);
  if (rest > 0) names.push(rest === 1 ? "1 other" : `${rest} others`);
  return names.join(", ");
}

async function tell(link, answer) {
  const at = new URL(link.href);
  at.searchParams.set("format", "json");
  const reply = await fetch(at, { headers: { Accept: "application/json" } });
  if (!reply.ok) throw new Error(reply.statusText);
  const known = await reply.json();
  const names = namesOf(known);
  const words = known.words === 1 ? "1 word" : `${known.words.toLocaleString("en")} words`;
  answer.replaceChildren(names ? `${words} by ${names}. ` : `${words}, nobody’s. `, make("a", { href: link.href }, "More"));
}

// offerCredits puts a link to a part's credits beside its heading. A click shows the names right there; if they cannot be had, it is followed.
function offerCredits(heading) {
  const at = new URL(credited.dataset.credits, location.href);
  at.searchParams.set("section", heading.id);
  const link = make("a", { class: "who-wrote", href: at.href, title: "Who wrote this?", "aria-label": `Who wrote this? ${heading.innerText.trim()}`, "aria-expanded": "false" });
  let answer;
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!answer) {
      answer = make("p", { class: "who-wrote-answer", role: "status", dir: "auto" }, "…");
      heading.after(answer);
      link.setAttribute("aria-expanded", "true");
      try {
        await tell(link, answer);
      } catch {
        location.assign(link.href);
      }
      return;
    }
    answer.hidden = !answer.hidden;
    link.setAttribute("aria-expanded", String(!answer.hidden));
  });
  heading.append(link);
}

function offerText(box) {
  const button = make("button", { type: "button", class: "button small" }, "Copy");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(box.value);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  box.parentElement.querySelector(".actions").prepend(button);
}

if (credited) {
  for (const heading of credited.querySelectorAll(":is(h1, h2, h3, h4, h5, h6)[id]")) offerCredits(heading);
}
if (navigator.clipboard) {
  for (const box of document.querySelectorAll(".credit-text textarea")) offerText(box);
}
