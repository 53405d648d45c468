// The page of a conflict: choices beside each passage put the text together. As soon as the writer touches the text, their hand goes before ours.
const clashes = document.getElementById("ui:conflict");

function piece(chunk, choice) {
  const text = (name) => chunk.querySelector(`[data-text="${name}"]`)?.textContent ?? "";
  if (!chunk.classList.contains("clash")) return text("agreed");
  if (choice === "both") return joined(text("theirs"), text("mine"));
  return text(choice);
}

// joined keeps two passages apart by an empty line, so that they stay two paragraphs.
function joined(first, second) {
  if (!first || !second) return first + second;
  return first.replace(/\n*$/, "\n\n") + second;
}

function offerChoices() {
  const source = clashes.elements.namedItem("source");
  const warning = document.getElementById("ui:by-hand");
  const chunks = [...clashes.querySelectorAll("[data-chunk]")];
  const together = () => chunks.map((chunk) => piece(chunk, chunk.querySelector("input:checked")?.value)).join("");
  // The choices are only offered where they provably give the text that the server made.
  if (together().trimEnd() !== source.value.trimEnd()) return;
  const choices = clashes.querySelectorAll(".clash-choose");
  for (const choice of choices) {
    choice.hidden = false;
    choice.addEventListener("change", () => { source.value = together(); });
  }
  source.addEventListener("input", () => {
    warning.hidden = false;
    for (const choice of choices) choice.disabled = true;
  }, { once: true });
}

if (clashes) offerChoices();
