// What readers get. Every page works without it. The modules are joined into one file at start-up and share a scope there: a name at the start of a
// line is declared once.
import "./times.js";
import "./menus.js";
import "./suggest.js";
import "./headings.js";
import "./credits.js";
import "./code.js";
import "./versions.js";
import "./shortcuts.js";
import "./past.js";
