// Suggestions under the search box: a combobox as ARIA 1.2 describes it. What has the focus stays the text field; the list only has an active line.
import { after, make } from "./dom.js";

const suggestPause = 120;  // ms without a key before the server is asked
const suggestFrom = 2;     // letters

function suggestFor(input) {
  const list = make("ul", { class: "suggestions", id: "ui:suggestions", role: "listbox", "aria-label": "Suggestions", hidden: true });
  const status = make("span", { class: "hidden-text", role: "status" });
  input.form.append(list, status);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) {
    input.setAttribute(name, value);
  }
  let active = -1;
  let asking;

  function close() {
    asking?.abort();
    list.hidden = true;
    active = -1;
    status.textContent = "";
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  // activate makes a line the active one; past either end it is the text field again.
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

  function show([typed, texts, abouts = [], urls = []]) {
    if (typed !== undefined && document.activeElement !== input) return;
    list.replaceChildren(...texts.map((text, i) => {
      const line = make("li", { role: "option", id: `ui:suggestion-${i}`, "aria-selected": "false" }, marked(text, input.value.trim()));
      if (abouts[i]) line.append(make("small", {}, abouts[i]));
      line.addEventListener("mousedown", (event) => event.preventDefault());
      line.addEventListener("click", () => follow(text, urls[i]));
      line.dataset.to = urls[i] || "";
      line.dataset.words = text;
      return line;
    }));
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = texts.length === 0;
    input.setAttribute("aria-expanded", String(texts.length > 0));
    status.textContent = counted(texts.length);
  }

  function follow(text, url) {
    if (url) return location.assign(url);
    input.value = text;
    input.form.submit();
  }

  const ask = after(suggestPause, async () => {
    const words = input.value.trim();
    asking?.abort();
    if (words.length < suggestFrom) return close();
    asking = new AbortController();
    try {
      const answer = await fetch(`/suggest?q=${encodeURIComponent(words)}`, { signal: asking.signal });
      if (answer.ok) show(await answer.json());
    } catch {
      // Aborted by the next key, or offline: Enter still searches.
    }
  });

  input.addEventListener("input", ask);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    const last = list.children.length - 1;
    const to = { ArrowDown: active + 1, ArrowUp: active - 1 }[event.key] ?? (active < 0 ? undefined : { Home: 0, End: last }[event.key]);
    if (to !== undefined) {
      event.preventDefault();
      activate(to);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      follow(list.children[active].dataset.words, list.children[active].dataset.to);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    }
  });
}

// counted is what a screen reader says once the list is there.
function counted(n) {
  if (n === 0) return "No suggestions";
  return n === 1 ? "1 suggestion; press down to choose it" : `${n} suggestions; press up or down to choose`;
}

// marked shows which part of a suggestion was typed.
function marked(text, words) {
  const line = make("span", { dir: "auto" });
  const at = text.toLowerCase().indexOf(words.toLowerCase());
  if (!words || at < 0) line.append(text);
  else line.append(text.slice(0, at), make("mark", {}, text.slice(at, at + words.length)), text.slice(at + words.length));
  return line;
}

for (const input of document.querySelectorAll('.find input[type="search"]')) suggestFor(input);
