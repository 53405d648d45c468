// Buttons that write Markdown. The Tab key stays what it is everywhere: the way to the next control.
import { make } from "./dom.js";

const marks = [
  ["B", "Bold", "**", "**", "bold words", "b"],
  ["I", "Italic", "*", "*", "words", "i"],
  ["Link", "Link to a page", "[[", "]]", "Page", "k"],
  null,
  ["H", "Heading", "## ", "", "Heading"],
  ["?", "Question", "## ", "?", "What do people ask"],
  ["•", "List", "- ", "", "point"],
  ["1.", "Numbered list", "1. ", "", "step"],
  ["❝", "Quotation", "> ", "", "words of somebody"],
  ["</>", "Code", "`", "`", "code"],
];

// replace goes through the browser's own editing, so that Ctrl+Z undoes it.
function replace(source, text) {
  source.focus();
  if (!document.execCommand("insertText", false, text)) {
    source.setRangeText(text, source.selectionStart, source.selectionEnd, "end");
    source.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// linewise are marks that begin a line; they go before each line chosen.
function linewise(source, [, , before, behind, filler]) {
  const start = source.value.lastIndexOf("\n", source.selectionStart - 1) + 1;
  const fill = source.selectionStart === source.selectionEnd && source.value.slice(start, source.selectionEnd).trim() === "";
  source.setSelectionRange(start, source.selectionEnd);
  const lines = fill ? [filler] : source.value.slice(start, source.selectionEnd).split("\n");
  replace(source, lines.map((line) => before + line + (line.endsWith(behind) ? "" : behind)).join("\n"));
  if (fill) source.setSelectionRange(start + before.length, start + before.length + filler.length);
}

function around(source, [, , before, behind, filler]) {
  const start = source.selectionStart;
  const words = source.value.slice(start, source.selectionEnd) || filler;
  replace(source, before + words + behind);
  source.setSelectionRange(start + before.length, start + before.length + words.length);
}

function apply(source, mark) {
  if (mark[2].endsWith(" ")) linewise(source, mark);
  else around(source, mark);
}

export function toolbar(source) {
  const bar = make("div", { class: "toolbar", role: "group", "aria-label": "Write Markdown" });
  for (const mark of marks) {
    if (!mark) {
      bar.append(make("span", { class: "gap", "aria-hidden": "true" }));
      continue;
    }
    const keys = mark[5] ? ` (Ctrl+${mark[5].toUpperCase()})` : "";
    const button = make("button", { type: "button", title: mark[1] + keys, "aria-label": mark[1] }, mark[0]);
    button.addEventListener("click", () => apply(source, mark));
    bar.append(button);
  }
  source.addEventListener("keydown", (event) => {
    const mark = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && marks.find((m) => m?.[5] === event.key);
    if (!mark) return;
    event.preventDefault();
    apply(source, mark);
  });
  return bar;
}
