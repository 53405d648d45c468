// The contents show where one is; headings copy their address, and lead those who may edit to the editor of just their section.
import { make } from "./dom.js";

const contents = document.getElementById("ui:toc");

function copyOnClick(anchor) {
  anchor.title = "Copy the address";
  anchor.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(anchor.href);
      anchor.classList.add("copied");
      setTimeout(() => anchor.classList.remove("copied"), 1500);
    } catch {
      // No clipboard here: the link was followed, the address bar has it.
    }
  });
}

// dressHeading gives a heading, or a question in plain text, its place in the margin and its pencil, which stands behind the link to it.
function dressHeading(heading, entry, link) {
  heading.classList.toggle("question", entry.parentElement.classList.contains("asks"));
  const edit = entry.closest("ol").dataset.edit;
  if (!edit) return;
  const pencil = make("a", { class: "edit-section", href: edit + encodeURIComponent(heading.id), "aria-label": `Edit: ${entry.textContent}`, title: "Edit this section" });
  if (link) link.after(pencil);
  else if (/^H[1-6]$/.test(heading.tagName)) heading.append(pencil);
}

// followReading marks the entry of the section that stands in the upper third of the window.
function followReading(entries) {
  const headings = [...entries.keys()];
  let current;
  let waiting = false;
  const mark = () => {
    waiting = false;
    const line = innerHeight / 3;
    const heading = headings.findLast((h) => h.getBoundingClientRect().top < line) ?? headings[0];
    if (heading === current) return;
    entries.get(current)?.removeAttribute("aria-current");
    current = heading;
    const entry = entries.get(current);
    entry.setAttribute("aria-current", "location");
    const box = entry.closest(".toc-inner");
    if (box.scrollHeight > box.clientHeight) box.scrollTop = entry.offsetTop - box.offsetTop - box.clientHeight / 2;
  };
  addEventListener("scroll", () => {
    if (!waiting) requestAnimationFrame(mark);
    waiting = true;
  }, { passive: true });
  mark();
}

function dressHeadings() {
  const entries = new Map();
  const links = new Map(Array.from(document.querySelectorAll("article .anchor"), (link) => [decodeURIComponent(link.hash), link]));
  for (const entry of contents.querySelectorAll("a")) {
    const heading = document.getElementById(decodeURIComponent(entry.hash.slice(1)));
    if (!heading) continue;
    entries.set(heading, entry);
    dressHeading(heading, entry, links.get(decodeURIComponent(entry.hash)));
  }
  if (entries.size) followReading(entries);
  contents.addEventListener("click", (event) => {
    if (event.target.closest("a") && contents.matches("[popover]:popover-open")) contents.hidePopover();
  });
}

for (const anchor of document.querySelectorAll("article .anchor")) copyOnClick(anchor);
if (contents) dressHeadings();
