// The one script that runs before the page is painted: it puts back the colour scheme that the reader chose with the button in the top bar.
// Without a choice, and without scripts, the system's own scheme holds.
(() => {
  try {
    const chosen = localStorage.getItem("scheme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage is forbidden: the system's scheme it is.
  }
})();
