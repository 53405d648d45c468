// What writers get on top, on the editor's page and on that of a conflict.
import "./editor.js";
import "./conflict.js";
