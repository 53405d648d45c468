// Who wrote this: a card beside the passage that is pointed at or has the focus. The list beside the page says all of it without a script.
import { make } from "./dom.js";

const page = document.querySelector(".by-text");
const passages = new Map(); // the pieces of each passage, by its number, in the order of the page
const titles = new Map();
const card = make("div", { class: "by-card", id: "ui:by-card", role: "tooltip", hidden: true });
let shown; // number of the passage whose card is there
let leaving; // until the card goes away

const entryOf = (number) => document.querySelector(`.by-list [data-passage="${number}"]`);
const pieceOf = (target) => target.closest?.(".by-text [data-mark]");

function light(number, on) {
  for (const piece of passages.get(number) ?? []) piece.classList.toggle("lit", on);
  entryOf(number)?.classList.toggle("lit", on);
}

function hide() {
  clearTimeout(leaving);
  if (shown === undefined) return;
  light(shown, false);
  page.querySelector("[aria-describedby='ui:by-card']")?.removeAttribute("aria-describedby");
  card.hidden = true;
  shown = undefined;
}

// show puts the card below the line that is pointed at, or above it where there is no room below.
function show(piece, y) {
  const number = piece.dataset.mark;
  clearTimeout(leaving);
  if (shown !== number) {
    hide();
    shown = number;
    light(number, true);
    const what = entryOf(number)?.querySelector(".by-what");
    card.replaceChildren(what ? what.cloneNode(true) : titles.get(number) ?? "");
    card.className = ["by-card", ...[...piece.classList].filter((c) => c.startsWith("by-"))].join(" ");
    card.hidden = false;
  }
  piece.setAttribute("aria-describedby", card.id);
  const lines = [...piece.getClientRects()];
  const line = lines.find((l) => y >= l.top && y <= l.bottom) ?? lines[0];
  const box = page.getBoundingClientRect();
  const below = line.bottom + card.offsetHeight + 8 < innerHeight;
  card.style.top = `${(below ? line.bottom + 4 : line.top - card.offsetHeight - 4) - box.top}px`;
  card.style.left = `${Math.max(0, Math.min(line.left - box.left, box.width - card.offsetWidth))}px`;
}

// reveal scrolls the list, where that scrolls by itself, to the entry of a passage.
function reveal(number) {
  const list = document.querySelector(".by-list"), entry = entryOf(number);
  if (!entry || list.scrollHeight <= list.clientHeight) return;
  const at = entry.getBoundingClientRect(), box = list.getBoundingClientRect();
  if (at.top < box.top || at.bottom > box.bottom) list.scrollTop += at.top - box.top - (box.height - at.height) / 2;
}

// The passages are one stop of the Tab key; arrows go from one to the next.
const handle = (number) => passages.get(number).find((piece) => piece.tagName === "A") ?? passages.get(number)[0];

function stopAt(number) {
  for (const piece of page.querySelectorAll("[data-mark][tabindex='0']")) piece.tabIndex = -1;
  handle(number).tabIndex = 0;
}

function step(piece, key) {
  const order = [...passages.keys()], at = order.indexOf(piece.dataset.mark);
  const forward = getComputedStyle(piece).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  const backward = forward === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
  const next = { [forward]: at + 1, ArrowDown: at + 1, [backward]: at - 1, ArrowUp: at - 1, Home: 0, End: order.length - 1 }[key];
  if (next === undefined) return false;
  const to = handle(order[Math.max(0, Math.min(next, order.length - 1))]);
  to.focus({ preventScroll: true });
  to.scrollIntoView({ block: "nearest" });
  show(to);
  return true;
}

function listen() {
  let before; // the passage whose card was there when a finger came down, or nothing
  page.addEventListener("pointerdown", (event) => { before = event.pointerType === "touch" ? shown ?? "" : undefined; });
  page.addEventListener("click", (event) => {
    const piece = pieceOf(event.target);
    // A finger cannot point without touching: the first touch shows the card, the second follows the link.
    if (piece?.tagName === "A" && before !== undefined && before !== piece.dataset.mark) {
      event.preventDefault();
      show(piece, event.clientY);
    }
  });
  page.addEventListener("mouseover", (event) => {
    const piece = pieceOf(event.target);
    clearTimeout(leaving);
    if (piece) {
      show(piece, event.clientY);
      reveal(shown);
    } else if (!card.contains(event.target)) {
      leaving = setTimeout(hide, 250);
    }
  });
  page.addEventListener("mouseleave", () => { leaving = setTimeout(hide, 250); });
  page.addEventListener("focusin", (event) => {
    const piece = pieceOf(event.target);
    if (!piece) return;
    stopAt(piece.dataset.mark);
    show(piece);
    reveal(shown);
  });
  page.addEventListener("focusout", (event) => { if (!page.contains(event.relatedTarget)) hide(); });
  page.addEventListener("keydown", (event) => {
    const piece = pieceOf(event.target);
    if (!piece || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key === "Enter" && piece.tagName !== "A") entryOf(piece.dataset.mark)?.querySelector(".by-edit a").click();
    else if (!step(piece, event.key)) return;
    event.preventDefault();
  });
  addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  const list = document.querySelector(".by-list");
  for (const [kind, on] of [["mouseover", true], ["mouseout", false], ["focusin", true], ["focusout", false]]) {
    list?.addEventListener(kind, (event) => {
      const entry = event.target.closest("[data-passage]");
      if (entry && entry.dataset.passage !== shown) light(entry.dataset.passage, on);
    });
  }
}

for (const piece of page.querySelectorAll("[data-mark]")) {
  const number = piece.dataset.mark;
  if (!passages.has(number)) passages.set(number, []);
  passages.get(number).push(piece);
  titles.set(number, piece.title);
  piece.removeAttribute("title"); // the card says it
}
if (passages.size) {
  page.append(card);
  stopAt(passages.keys().next().value);
  listen();
}
