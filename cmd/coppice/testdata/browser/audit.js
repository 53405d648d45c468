// Looks at the page that is shown as somebody would who cannot see it well, cannot point at it well, or has a narrow screen,
// and gives a list of what is wrong with it. Rules and numbers are those of WCAG 2.2, level AA.
((width) => {
  const faults = [];
  const complain = (what, ...elements) => faults.push([what, ...elements.map(describe)].join(" "));
  const all = (selector) => [...document.querySelectorAll(selector)];

  function describe(element) {
    const text = (element.innerText || element.value || "").replace(/\s+/g, " ").trim().slice(0, 40);
    const name = element.tagName.toLowerCase() + (element.id ? "#" + element.id : "") + [...element.classList].map((c) => "." + c).join("");
    return text ? `<${name}> “${text}”` : `<${name}>`;
  }

  function isShown(element) {
    if (!element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })) return false;
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && !element.closest(".hidden-text");
  }

  // Structure: what a screen reader goes by.

  function structure() {
    if (!document.documentElement.lang) complain("the page has no language");
    if (!document.title.trim()) complain("the page has no title");
    for (const [selector, what] of [["h1", "first headings"], ["main", "main landmarks"], ["body > header", "banners"], ["body > footer", "footers"]]) {
      const n = all(selector).length;
      if (n !== 1) complain(`there are ${n} ${what}`);
    }
    const seen = new Set();
    for (const { id } of all("[id]")) {
      if (seen.has(id)) complain(`the id ${id} is there twice`);
      seen.add(id);
    }
    for (const name of ["for", "aria-labelledby", "aria-describedby", "aria-controls", "popovertarget"]) {
      for (const element of all(`[${name}]`)) {
        for (const id of element.getAttribute(name).split(/\s+/)) if (!seen.has(id)) complain(`${name} leads to ${id}, which is not there:`, element);
      }
    }
    for (const link of all("a[href^='#']")) {
      if (link.closest(".preview-pane")) continue;  // of one section, which may refer to another
      const id = decodeURIComponent(link.hash.slice(1));
      if (id && !seen.has(id)) complain("a link leads nowhere:", link);
    }
    let level = 0;
    for (const heading of all("h1, h2, h3, h4, h5, h6")) {
      const now = Number(heading.tagName[1]);
      if (now > level + 1) complain(`a heading of level ${now} follows one of level ${level}:`, heading);
      if (!heading.textContent.trim()) complain("an empty heading:", heading);
      level = now;
    }
    const names = new Map();
    for (const nav of all("nav, aside, section[aria-label], section[aria-labelledby], form[role=search]")) {
      if (!isShown(nav)) continue;
      const by = document.getElementById(nav.getAttribute("aria-labelledby"));
      const name = `${nav.tagName} ${nav.getAttribute("aria-label") ?? by?.textContent ?? ""}`;
      if (nav.tagName === "NAV" && name === "NAV ") complain("a navigation has no name:", nav);
      if (names.has(name)) complain(`two landmarks have the name ${name}:`, nav);
      names.set(name, nav);
    }
    for (const element of all("[tabindex]")) if (element.tabIndex > 0) complain("the order of the Tab key is forced:", element);
    for (const image of all("img:not([alt])")) complain("a picture has no alternative text:", image);
    for (const list of all("ul, ol")) {
      for (const child of list.children) if (!["LI", "SCRIPT", "TEMPLATE"].includes(child.tagName)) complain("in a list stands what is no entry:", child);
    }
    for (const table of all("table")) if (!table.querySelector("th, caption")) complain("a table has neither heads nor caption:", table);
    for (const link of all("a[target=_blank]")) if (/opener/.test(link.rel) && !/noopener/.test(link.rel)) complain("a new tab can reach back:", link);
  }

  // Contrast: 4.5 to 1, or 3 to 1 for large text.

  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  canvas.canvas.width = canvas.canvas.height = 1;
  const known = new Map();

  // rgba reads any colour that CSS can write: red, green, blue and alpha from 0 to 1.
  function rgba(colour) {
    if (!known.has(colour)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      known.set(colour, [...canvas.getImageData(0, 0, 1, 1).data].map((v) => v / 255));
    }
    return known.get(colour);
  }

  const mix = (top, under, alpha) => [0, 1, 2].map((i) => top[i] * alpha + under[i] * (1 - alpha));
  const over = (top, under) => mix(top, under, top[3]);

  // painted gives the colour that an element shows over another: where it has no ink, or where it has. What has an opacity lets through what was
  // there before it, its own background and all that stands in it alike.
  function painted(element, ink) {
    const chain = [];
    for (let e = element; e; e = e.matches("dialog, :popover-open") ? null : e.parentElement) chain.push(getComputedStyle(e));
    const paint = (i, before) => {
      let colour = over(rgba(chain[i].backgroundColor), before);
      if (i > 0) colour = paint(i - 1, colour);
      else if (ink) colour = over(ink, colour);
      return mix(colour, before, Number(chain[i].opacity));
    };
    return paint(chain.length - 1, [1, 1, 1]);
  }

  function luminance(colour) {
    const [r, g, b] = colour.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  function ratio(a, b) {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  }

  function checkText(element, style, what) {
    const size = parseFloat(style.fontSize);
    const wanted = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    const got = ratio(painted(element, rgba(style.color)), painted(element));
    if (got < wanted - 0.005) complain(`${what} has a contrast of ${got.toFixed(2)} to 1, ${wanted} are wanted:`, element);
  }

  function contrast() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const done = new Set();
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      if (!walker.currentNode.data.trim() || done.has(element)) continue;
      done.add(element);
      if (!isShown(element) || element.closest(":disabled")) continue;
      checkText(element, getComputedStyle(element), "text");
    }
    for (const box of all("input:not([type=hidden], [type=radio], [type=checkbox]), textarea")) {
      if (!isShown(box) || box.disabled) continue;
      checkText(box, getComputedStyle(box), "what is typed");
      if (box.placeholder) checkText(box, getComputedStyle(box, "::placeholder"), "a placeholder");
    }
  }

  // Targets: 24 by 24 pixels, or as much room around them. Links within a sentence are free.

  function targets() {
    const found = [];
    for (const element of all("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
      if (!isShown(element) || element.disabled || inSentence(element)) continue;
      const label = element.closest("label");
      found.push({ element, box: (label ?? element).getBoundingClientRect() });
    }
    const small = found.filter(({ box }) => box.width < 23.5 || box.height < 23.5);
    for (const one of small) {
      const x = one.box.left + one.box.width / 2, y = one.box.top + one.box.height / 2;
      const near = found.find((other) => other !== one && !other.element.contains(one.element) && !one.element.contains(other.element) && distance(x, y, other) < (small.includes(other) ? 24 : 12));
      if (near) complain(`a target of ${one.box.width.toFixed(0)} by ${one.box.height.toFixed(0)} pixels has another close by:`, one.element, near.element);
    }

    // From a point to a target: to the middle of a small one, to the edge of one that is large enough.
    function distance(x, y, { element, box }) {
      if (small.some((s) => s.element === element)) return Math.hypot(box.left + box.width / 2 - x, box.top + box.height / 2 - y);
      return Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));
    }
  }

  function inSentence(element) {
    if (element.tagName !== "A" || getComputedStyle(element).display !== "inline") return false;
    const around = element.parentElement.closest("p, li, td, th, dd, dt, blockquote, figcaption, summary, h1, h2, h3, h4, span");
    return around && around.textContent.trim().length > element.textContent.trim().length;
  }

  // Width: nothing reaches beyond the window, unless it scrolls in a frame of its own.

  function overflow() {
    const page = document.scrollingElement;
    if (page.scrollWidth <= width) return;
    const wide = all("body *").filter((e) => {
      const box = e.getBoundingClientRect();
      return (box.right > width + 1 || box.left < -1) && box.width > 0 && isShown(e) && !inFrame(e) && ![...e.children].some((c) => c.getBoundingClientRect().right > width + 1);
    });
    complain(`the page is ${page.scrollWidth} pixels wide:`, ...wide.slice(0, 4));
  }

  // Long texts need room for a few words on each line.
  function squeezed() {
    for (const element of all("p, li, td, dd, blockquote")) {
      const style = getComputedStyle(element);
      const inside = element.clientWidth - parseFloat(style.paddingInlineStart) - parseFloat(style.paddingInlineEnd);
      if (isShown(element) && element.innerText.length > 120 && !element.closest(".prose table") && inside < 10 * parseFloat(style.fontSize)) complain(`a long text has ${inside.toFixed(0)} pixels:`, element);
    }
  }

  function inFrame(element) {
    for (let e = element.parentElement; e; e = e.parentElement) if (getComputedStyle(e).overflowX !== "visible") return true;
    return false;
  }

  scrollTo(0, 0);  // what sticks to an edge of the window is then where its room is kept
  structure();
  contrast();
  targets();
  overflow();
  squeezed();
  return [...new Set(faults)];
})
