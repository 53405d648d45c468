// The list of versions: only pairs that make sense can be chosen, the older one on the left.
const versions = document.getElementById("ui:history");

function sensiblePairs() {
  const from = [...versions.elements].filter((e) => e.name === "from");
  const to = [...versions.elements].filter((e) => e.name === "to");
  const older = from.findIndex((e) => e.checked);
  const newer = to.findIndex((e) => e.checked);
  from.forEach((e, i) => e.parentElement.classList.toggle("off", i <= newer));
  to.forEach((e, i) => e.parentElement.classList.toggle("off", i >= older));
  versions.querySelectorAll(".revisions > li").forEach((row, i) => row.classList.toggle("selected", i === older || i === newer));
}

if (versions && versions.elements.namedItem("from")?.length > 1) {
  versions.addEventListener("change", sensiblePairs);
  sensiblePairs();
}
