// Suggestions under the search box.
import { combobox } from "./combobox.js";
import { after, make } from "./dom.js";

const suggestPause = 120;  // ms without a key before the server is asked
const suggestFrom = 2;     // letters

function suggestFor(input) {
  const box = combobox(input, { id: "ui:suggestions", line: "ui:suggestion", label: "Suggestions", place: (list) => input.form.append(list) });
  const status = make("span", { class: "hidden-text", role: "status" });
  input.form.append(status);
  let asking;

  function close() {
    asking?.abort();
    box.close();
    status.textContent = "";
  }

  function show([typed, texts, abouts = [], urls = []]) {
    if (typed !== undefined && document.activeElement !== input) return;
    box.show(texts.map((text, i) => {
      const children = [marked(text, input.value.trim())];
      if (abouts[i]) children.push(make("small", {}, abouts[i]));
      return { children, data: { to: urls[i] || "", words: text }, take: () => follow(text, urls[i]) };
    }));
    status.textContent = counted(box.list.children.length);
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
    if (event.isComposing || box.list.hidden) return;
    const { list, active } = box;
    const to = { ArrowDown: active + 1, ArrowUp: active - 1 }[event.key] ?? (active < 0 ? undefined : { Home: 0, End: list.children.length - 1 }[event.key]);
    if (to !== undefined) {
      event.preventDefault();
      box.activate(to);
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
