// A combobox as ARIA 1.2 describes it: what has the focus stays the text field; the list only has an active line.
import { make } from "./dom.js";

// combobox makes a text field one, with a list that place puts into the page. Lines get their ids from line, with a number.
export function combobox(input, { id, line, label, place }) {
  const list = make("ul", { class: "suggestions", id, role: "listbox", "aria-label": label, hidden: true });
  place(list);
  input.addEventListener("input", () => activate(-1));
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", id], ["aria-expanded", "false"]]) {
    input.setAttribute(name, value);
  }
  const box = { list, active: -1, activate, show, close };

  // activate makes a line the active one; past either end it is the text field again.
  function activate(index) {
    const lines = list.children;
    lines[box.active]?.setAttribute("aria-selected", "false");
    box.active = (index + lines.length + 1) % (lines.length + 1);
    if (box.active === lines.length) box.active = -1;
    const active = lines[box.active];
    if (!active) return input.removeAttribute("aria-activedescendant");
    active.setAttribute("aria-selected", "true");
    active.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", active.id);
  }

  // show puts lines into the list, each an object of its children, what is kept with it, and what a click does. A line that is active stays so
  // until something is typed: an answer that comes late takes no choice away.
  function show(lines) {
    if (box.active >= 0) return;
    list.replaceChildren(...lines.map(({ children, data, take }, i) => {
      const option = make("li", { role: "option", id: `${line}-${i}`, "aria-selected": "false" }, ...children);
      option.addEventListener("mousedown", (event) => event.preventDefault());
      option.addEventListener("click", take);
      Object.assign(option.dataset, data);
      return option;
    }));
    list.hidden = lines.length === 0;
    input.setAttribute("aria-expanded", String(lines.length > 0));
  }

  function close() {
    list.hidden = true;
    box.active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  return box;
}
