// Headings get their address to copy and, for those who may edit, a way to edit just their section; the contents show where one is.
import { make } from "./dom.js";

const contents = document.getElementById("toc");

function tools(heading, entry) {
  const box = make("span", { class: "heading-tools" });
  const copy = make("a", { href: `#${heading.id}`, "aria-label": `Address of “${heading.textContent.trim()}”`, title: "Copy the address" }, "#");
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(copy.href);
      copy.textContent = "✓";
      setTimeout(() => { copy.textContent = "#"; }, 1500);
    } catch {
      // No clipboard here: the address bar has it, the link was followed.
    }
  });
  box.append(copy);
  if (entry?.dataset.edit) {
    box.append(make("a", { href: entry.dataset.edit, "aria-label": `Edit “${heading.textContent.trim()}”`, title: "Edit this section" }, "✎"));
  }
  return box;
}

function followHeadings(entries) {
  const headings = [...entries.keys()];
  if (!headings.length) return;
  let current;
  let waiting = false;
  const mark = () => {
    waiting = false;
    const line = innerHeight * 0.3;
    const heading = headings.findLast((h) => h.getBoundingClientRect().top < line) ?? headings[0];
    if (heading === current) return;
    entries.get(current)?.removeAttribute("aria-current");
    current = heading;
    const entry = entries.get(current);
    entry.setAttribute("aria-current", "location");
    const box = entry.closest(".toc-inner");
    if (box && box.scrollHeight > box.clientHeight) box.scrollTop = entry.offsetTop - box.clientHeight / 2;
  };
  addEventListener("scroll", () => {
    if (!waiting) requestAnimationFrame(mark);
    waiting = true;
  }, { passive: true });
  mark();
}

function dressHeadings() {
  const entries = new Map();
  for (const link of contents?.querySelectorAll("a") ?? []) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (heading) entries.set(heading, link);
  }
  for (const heading of document.querySelectorAll("#text :is(h1, h2, h3, h4, h5, h6)[id]")) {
    heading.append(tools(heading, entries.get(heading)));
  }
  followHeadings(entries);
  contents?.addEventListener("click", (event) => {
    if (event.target.closest("a") && contents.matches(":popover-open")) contents.hidePopover();
  });
}

dressHeadings();
