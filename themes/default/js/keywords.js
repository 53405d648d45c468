// Keywords complete while one types, and are looked up: which is new, which is another word for one. Like the box for searching a combobox, but
// of a list with commas: what is completed is the keyword that the caret stands in. The editor loads it when the field gets the focus.
import { combobox } from "./combobox.js";
import { after, make } from "./dom.js";

const keywordPause = 150;  // ms without a key before the server is asked

function keywordsFor(input, notes) {
  const box = combobox(input, { id: "ui:keyword-list", line: "ui:keyword", label: "Keywords", place: (list) => input.after(list) });
  let asking;

  // word gives where the keyword at the caret begins and ends, and what is typed of it.
  function word() {
    const caret = input.selectionStart;
    const start = input.value.lastIndexOf(",", caret - 1) + 1;
    const comma = input.value.indexOf(",", caret);
    const end = comma < 0 ? input.value.length : comma;
    return { start, end, text: input.value.slice(start, end).trim() };
  }

  function take(keyword) {
    const { start, end } = word();
    const before = input.value.slice(0, start);
    const later = input.value.slice(end).replace(/^,\s*/, "");
    const text = `${before}${before ? " " : ""}${keyword}, `;
    input.value = text + later;
    input.setSelectionRange(text.length, text.length);
    box.close();
    input.dispatchEvent(new Event("change", { bubbles: true }));
    ask(false);
  }

  function show(keywords) {
    const typed = word().text;
    const others = keywords.filter((k) => k.keyword !== typed);
    box.show(others.map((k) => {
      const used = k.pages ? `${k.pages} ${k.pages === 1 ? "page" : "pages"}` : "not used yet";
      const children = [
        make("span", { dir: "auto" }, k.for ? `${k.keyword} (${k.for})` : k.keyword),
        make("small", {}, k.about ? `${used}. ${k.about}` : used),
      ];
      return { children, data: { keyword: k.keyword }, take: () => take(k.keyword) };
    }));
  }

  async function ask(complete) {
    asking?.abort();
    asking = new AbortController();
    const typed = word().text;
    try {
      const query = new URLSearchParams({ q: typed, all: input.value });
      const answer = await fetch(`${input.dataset.suggest}?${query}`, { signal: asking.signal });
      if (!answer.ok) return;
      const { keywords, notes: said } = await answer.json();
      notes.replaceChildren(...said.map((note) => make("p", {}, note)));
      if (complete && typed && document.activeElement === input) show(keywords);
      else box.close();
    } catch {
      // Aborted by the next key, or offline: what is typed is saved as it is.
    }
  }

  const later = after(keywordPause, () => ask(true));
  input.addEventListener("input", later);
  input.addEventListener("blur", box.close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter") {
      event.preventDefault();  // it ends a keyword, and must not save a page that is half written
      if (box.active >= 0) take(box.list.children[box.active].dataset.keyword);
      else box.close();
    } else if (step && !box.list.hidden) {
      event.preventDefault();
      box.activate(box.active + step);
    } else if (event.key === "Escape" && !box.list.hidden) {
      event.preventDefault();
      box.close();
    }
  });
  if (input.value !== input.defaultValue) ask(true);  // typed while this was on its way
}

keywordsFor(document.getElementById("ui:keywords"), document.getElementById("ui:keyword-notes"));
