// The editor: a text area with a preview beside it, buttons for those who do not know Markdown, and every care that nothing typed gets lost.
import { after, make, remember, remembered } from "./dom.js";
import { toolbar } from "./toolbar.js";

const previewPause = 400;  // ms without a key before the server renders
const draftPause = 800;    // ms without a key before the text is kept in the browser
const trialPause = 2000;   // ms without a key before the community's searches are tried: that takes the server longer
const wideEnough = matchMedia("(min-width: 70rem)");

// livePreview has the server render what is typed: what one sees is exactly what readers will get.
function livePreview(form, source) {
  const grid = form.querySelector(".editor");
  const pane = document.getElementById("ui:preview");
  const text = document.getElementById("ui:preview-text");
  const button = document.getElementById("ui:preview-button");
  let asking;

  async function render() {
    asking?.abort();
    asking = new AbortController();
    pane.classList.add("stale");
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form), signal: asking.signal });
      if (!answer.ok) throw new Error(answer.statusText);
      text.innerHTML = await answer.text();  // sanitised by the server, and the page's policy lets no script run
      takeGuide(text);
      // The Tab key goes from the text to the summary and on to Save; the preview is one stop of it, and scrolls.
      for (const link of text.querySelectorAll("a, summary, button, input")) link.tabIndex = -1;
      pane.classList.remove("stale");
    } catch (error) {
      if (error.name !== "AbortError") text.textContent = "The preview cannot be shown now. Your text is still here.";
    }
  }

  function show(on) {
    pane.hidden = !on;
    pane.tabIndex = on ? 0 : -1;
    grid.classList.toggle("live", on);
    button.setAttribute("aria-pressed", String(on));
    if (on) render();
  }

  const later = after(previewPause, render);
  form.addEventListener("input", (event) => { if (!pane.hidden && event.target !== form.elements.namedItem("summary")) later(); });
  form.addEventListener("change", () => { if (!pane.hidden) later(); });
  button.addEventListener("click", (event) => {
    event.preventDefault();
    show(pane.hidden);
    if (!pane.hidden && !wideEnough.matches) pane.scrollIntoView();
  });
  show(!pane.hidden || wideEnough.matches);
}

// tryBySearches has the server try the searches that the community has written down, and names those that the text as it is would break.
function tryBySearches(form, source, place) {
  let asking;
  let told;
  source.addEventListener("input", after(trialPause, async () => {
    asking?.abort();
    asking = new AbortController();
    const body = new FormData(form);
    body.set("action", "trial");
    try {
      const answer = await fetch(form.getAttribute("action"), { method: "POST", body, signal: asking.signal });
      const text = await answer.text();
      if (!answer.ok || text === told) return;
      told = text;
      const { head, list, rest } = JSON.parse(text);
      const lines = list?.map(({ query, url, what }) => make("li", {}, make("a", { href: url, target: "_blank" }, `“${query}”`), " ", what));
      place.replaceChildren(head ? make("div", { class: "notice warning" }, make("div", { class: "broken" }, make("p", {}, head), make("ul", {}, ...lines), rest)) : "");
    } catch {
      // Aborted by the next key, or offline: nothing that saving depends on.
    }
  }));
}

// takeGuide puts the state of the sections, which comes with the preview, in the place of the older one. No page can have such an id.
function takeGuide(text) {
  const next = text.querySelector("#ui\\:guide-sections");
  if (!next) return;
  next.remove();
  document.getElementById("ui:guide-sections")?.replaceWith(next);
}

// sizeHint counts bytes as the server does, and says when there are too many.
function sizeHint(source, output, limit) {
  const encoder = new TextEncoder();
  const count = () => {
    const size = encoder.encode(source.value).length;
    const words = source.value.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
    const over = limit > 0 && size > limit;
    output.textContent = over ? `${size - limit} bytes too long to save` : `${words.toLocaleString()} words`;
    output.classList.toggle("over", over);
  };
  source.addEventListener("input", after(200, count));
  count();
}

// keepDraft keeps unsaved text in this browser and offers it back. A draft that was sent and whose page has moved on was saved.
function keepDraft(form, source) {
  const key = `draft:${form.dataset.draft}`;
  const base = form.elements.namedItem("base").value;
  const summary = form.elements.namedItem("summary");
  const fields = ["keywords", "asked"].map((name) => form.elements.namedItem(name)).filter(Boolean);
  const asTyped = () => fields.map((field) => field.value);
  const draft = readDraft(key);
  const same = (draft) => draft.text === source.value && (!draft.fields || draft.fields.join("\n") === asTyped().join("\n"));
  if (draft && (same(draft) || (draft.sent && draft.base !== base))) remember(key, null);
  else if (draft) offerDraft(draft);

  function offerDraft(draft) {
    const take = make("button", { type: "button", class: "button small" }, "Bring it back");
    const drop = make("button", { type: "button", class: "button small" }, "Throw it away");
    const when = new Intl.DateTimeFormat(document.documentElement.lang || undefined, { dateStyle: "medium", timeStyle: "short" }).format(new Date(draft.time));
    const moved = draft.base !== base ? " The page has changed since; compare before you save." : "";
    const offer = make("div", { class: "notice info", role: "status" },
      make("div", {}, make("p", {}, `You have unsaved text for this page from ${when}.${moved}`), make("p", { class: "actions" }, take, drop)));
    form.before(offer);
    take.addEventListener("click", () => {
      source.value = draft.text;
      if (draft.summary) summary.value = draft.summary;
      fields.forEach((field, i) => { field.value = draft.fields?.[i] ?? field.value; });
      source.dispatchEvent(new Event("input", { bubbles: true }));
      offer.remove();
      source.focus();
    });
    drop.addEventListener("click", () => {
      remember(key, null);
      offer.remove();
    });
  }

  let settled = false;  // sent or cancelled: what is kept is not to be written over
  const write = (sent) => remember(key, JSON.stringify({ text: source.value, summary: summary.value, fields: asTyped(), base, time: Date.now(), sent }));
  const keep = () => { if (!settled && changed([source, ...fields])) write(false); };
  for (const box of [source, ...fields]) box.addEventListener("input", after(draftPause, keep));
  addEventListener("pagehide", keep);
  addEventListener("pageshow", () => { settled = false; });
  document.getElementById("ui:cancel")?.addEventListener("click", () => {
    settled = true;
    remember(key, null);
  });
  form.addEventListener("submit", (event) => {
    settled = true;
    write(event.submitter?.value === "save");
  });
}

// changed tells whether something was typed into one of these.
function changed(boxes) {
  return boxes.some((box) => box.value !== box.defaultValue);
}

function readDraft(key) {
  try {
    return JSON.parse(remembered(key));
  } catch {
    return null;
  }
}

// guardLeaving asks before a tab with unsaved text is closed.
function guardLeaving(form, source) {
  const boxes = [source, form.elements.namedItem("keywords"), form.elements.namedItem("asked")].filter(Boolean);
  let leaving = false;
  form.addEventListener("submit", () => { leaving = true; });
  document.getElementById("ui:cancel")?.addEventListener("click", () => { leaving = true; });
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("beforeunload", (event) => { if (!leaving && changed(boxes)) event.preventDefault(); });
}

function saveByKey(form) {
  form.addEventListener("keydown", (event) => {
    const wanted = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && (event.key === "s" || event.key === "Enter");
    if (!wanted) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector('button[value="save"]'));
  });
}

const editor = document.getElementById("ui:editor");
if (editor) {
  const source = editor.elements.namedItem("source");
  source.before(toolbar(source));
  sizeHint(source, document.getElementById("ui:size"), Number(editor.dataset.limit));
  keepDraft(editor, source);
  guardLeaving(editor, source);
  saveByKey(editor);
  if (editor.dataset.preview) livePreview(editor, source);
  if ("trial" in editor.dataset) tryBySearches(editor, source, document.getElementById("ui:broken"));
  const keywords = document.getElementById("ui:keywords");
  keywords?.addEventListener("focus", () => import(keywords.dataset.script), { once: true });
}
