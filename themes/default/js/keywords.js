// Keywords complete while one types, and are looked up: which is new, which is another word for one. Like the box for searching a combobox of
// ARIA 1.2, but of a list with commas: what is completed is the keyword that the caret stands in. The editor loads it when the field gets the focus.
import { after, make } from "./dom.js";

const keywordPause = 150;  // ms without a key before the server is asked

function keywordsFor(input, notes) {
  const list = make("ul", { class: "suggestions", id: "ui:keyword-list", role: "listbox", "aria-label": "Keywords", hidden: true });
  input.after(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) {
    input.setAttribute(name, value);
  }
  let active = -1;
  let asking;

  // word gives where the keyword at the caret begins and ends, and what is typed of it.
  function word() {
    const caret = input.selectionStart;
    const start = input.value.lastIndexOf(",", caret - 1) + 1;
    const comma = input.value.indexOf(",", caret);
    const end = comma < 0 ? input.value.length : comma;
    return { start, end, text: input.value.slice(start, end).trim() };
  }

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function activate(index) {
    const lines = list.children;
    lines[active]?.setAttribute("aria-selected", "false");
    active = (index + lines.length + 1) % (lines.length + 1);
    if (active === lines.length) active = -1;
    const line = lines[active];
    if (!line) return input.removeAttribute("aria-activedescendant");
    line.setAttribute("aria-selected", "true");
    line.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", line.id);
  }

  function take(keyword) {
    const { start, end } = word();
    const before = input.value.slice(0, start);
    const later = input.value.slice(end).replace(/^,\s*/, "");
    const text = `${before}${before ? " " : ""}${keyword}, `;
    input.value = text + later;
    input.setSelectionRange(text.length, text.length);
    close();
    input.dispatchEvent(new Event("change", { bubbles: true }));
    ask(false);
  }

  function show(keywords) {
    const typed = word().text;
    const chosen = list.hidden ? undefined : list.children[active]?.dataset.keyword;  // an answer that comes late takes no choice away
    list.replaceChildren(...keywords.filter((k) => k.keyword !== typed).map((k, i) => {
      const used = k.pages ? `${k.pages} ${k.pages === 1 ? "page" : "pages"}` : "not used yet";
      const line = make("li", { role: "option", id: `ui:keyword-${i}`, "aria-selected": "false" },
        make("span", { dir: "auto" }, k.for ? `${k.keyword} (${k.for})` : k.keyword),
        make("small", {}, k.about ? `${used}. ${k.about}` : used));
      line.addEventListener("mousedown", (event) => event.preventDefault());
      line.addEventListener("click", () => take(k.keyword));
      line.dataset.keyword = k.keyword;
      return line;
    }));
    active = -1;
    activate([...list.children].findIndex((line) => line.dataset.keyword === chosen));
    list.hidden = list.children.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
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
      else close();
    } catch {
      // Aborted by the next key, or offline: what is typed is saved as it is.
    }
  }

  const later = after(keywordPause, () => ask(true));
  input.addEventListener("input", later);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter") {
      event.preventDefault();  // it ends a keyword, and must not save a page that is half written
      if (active >= 0) take(list.children[active].dataset.keyword);
      else close();
    } else if (step && !list.hidden) {
      event.preventDefault();
      activate(active + step);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  if (input.value !== input.defaultValue) ask(true);  // typed while this was on its way
}

keywordsFor(document.getElementById("ui:keywords"), document.getElementById("ui:keyword-notes"));
