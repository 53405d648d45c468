// Times of the last week are told as people tell them ("3 hours ago"), but not within a sentence: it says "as it was on ...". The reader's own
// clock time is in the title of every time.
const week = 7 * 24 * 3600;
const steps = [["day", 86400], ["hour", 3600], ["minute", 60]];

function ago(seconds, words) {
  for (const [unit, length] of steps) {
    if (seconds >= length) return words.format(-Math.floor(seconds / length), unit);
  }
  return words.format(0, "second");
}

function tellTimes() {
  const lang = document.documentElement.lang || undefined;
  const words = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
  const whole = new Intl.DateTimeFormat(lang, { dateStyle: "full", timeStyle: "short" });
  for (const element of document.querySelectorAll("time[datetime]")) {
    const time = new Date(element.dateTime);
    if (isNaN(time)) continue;
    element.title = whole.format(time);
    const seconds = (Date.now() - time) / 1000;
    const plain = !("clock" in element.dataset) && !element.closest(".day, .notice, .lead");
    if (plain && seconds >= 0 && seconds < week) element.textContent = ago(seconds, words);
  }
}

tellTimes();
