// Readies documents for a picture and undoes it: arguments are "prepare" or "restore", the secrets, and whether all
// movement is to stop.  Works from the outermost document that can be reached down through frames and shadow roots;
// returns how many frames cannot be reached from here.  Contract: runner F.1.
const [task, secrets, still] = arguments;
const KEY = Symbol.for("cometa.capture");
const known = new Set(secrets.map((secret) => secret.trim()).filter(Boolean));
const PASSWORDS = "input[type=password], input[autocomplete$='current-password'], input[autocomplete$='new-password']";
const BLANK = {
  color: "transparent", "-webkit-text-fill-color": "transparent", "-webkit-text-stroke": "0", "text-shadow": "none",
  "caret-color": "transparent", background: "#888", transition: "none", animation: "none",
};
// Movement is brought to its end, not taken away: what an animation has shown stays shown.
const STILL = `*, *::before, *::after {
  animation-duration: 0s !important; animation-delay: 0s !important; animation-iteration-count: 1 !important;
  transition-duration: 0s !important; transition-delay: 0s !important; scroll-behavior: auto !important }`;
const CARET = "* { caret-color: transparent !important }";
const SELECTED = `[data-cometa-blank]::selection {
  color: transparent !important; background: #888 !important; -webkit-text-fill-color: transparent !important }`;
let unreached = 0;

function outermost() {
  let view = window;
  try {
    while (view.parent !== view && view.parent.document) view = view.parent;
  } catch { /* the parent belongs to another site */ }
  if (view.parent !== view) unreached += 1;
  return view;
}

function prepare(view) {
  if (view[KEY]) return;
  view[KEY] = { sheets: [], styles: [], frames: [] };
  prepareRoot(view.document, view);
}

function prepareRoot(root, view) {
  // Sheets made by scripts are not subject to the content security policy of the page.
  const sheet = new view.CSSStyleSheet();
  sheet.replaceSync(SELECTED + (still ? STILL + CARET : ""));
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  view[KEY].sheets.push([root, sheet]);
  root.querySelectorAll(PASSWORDS).forEach((field) => blank(field, view));
  for (const element of root.querySelectorAll("*")) {
    if (element.shadowRoot) prepareRoot(element.shadowRoot, view);
    if (element.contentWindow) view[KEY].frames.push(element);
    if (known.size && typeof element.value === "string" && known.has(element.value.trim())) blank(element, view);
  }
  if (!known.size) return;
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const owner = texts.currentNode.parentElement;
    if (owner && (known.has(texts.currentNode.data.trim()) || known.has(owner.textContent.trim()))) blank(owner, view);
  }
}

function blank(element, view) {
  if (element.hasAttribute("data-cometa-blank") || !element.style) return;
  view[KEY].styles.push([element, element.getAttribute("style")]);
  element.setAttribute("data-cometa-blank", "");
  // Nothing in the page is stronger than an important declaration of the element itself.
  for (const name in BLANK) element.style.setProperty(name, BLANK[name], "important");
}

// Styles go first and transitions last, with a look at the page between: nothing fades back.
function restore(view) {
  const changed = view[KEY];
  if (!changed) return;
  delete view[KEY];
  for (const [element] of changed.styles) {
    for (const name in BLANK) if (name !== "transition") element.style.removeProperty(name);
  }
  for (const [, sheet] of changed.sheets) sheet.replaceSync(STILL);
  for (const [element] of changed.styles) view.getComputedStyle(element).color;
  view.document.documentElement.getBoundingClientRect();
  for (const [element, style] of changed.styles) undo(element, style);
  for (const [root, sheet] of changed.sheets) {
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((other) => other !== sheet);
  }
}

function undo(element, style) {
  element.removeAttribute("data-cometa-blank");
  // Browsers write the attribute only when it is read; one that was never written would not be removed.
  if (style !== null) element.setAttribute("style", style);
  else if (element.getAttribute("style") !== null) element.removeAttribute("style");
}

function visit(view) {
  const known = view[KEY];
  (task === "prepare" ? prepare : restore)(view);
  // Frames in shadow roots are no numbered children of a window, so they are found as elements.
  for (const frame of (known || view[KEY] || { frames: [] }).frames) {
    if (frame.contentDocument) visit(frame.contentWindow);
    else if (frame.contentWindow) unreached += 1;
  }
}

visit(outermost());
return unreached;
