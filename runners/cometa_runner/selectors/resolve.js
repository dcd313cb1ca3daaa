// Answers one poll of a sentence: which elements a selector names, and what the first of them is like.
// Runs as the body of a function; arguments[0] is the request of elements.py, the answer is read by resolution.py.
const request = arguments[0];

const fold = (text) => (text === null || text === undefined ? "" : String(text)).replace(/\s+/g, " ").trim();
const shownText = (element) => fold(element.innerText === undefined ? element.textContent : element.innerText);
const inDocumentOrder = (a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1);

// The document and all open shadow roots below it, outer ones first.
function searchRoots(root) {
  const roots = [root];
  for (const element of root.querySelectorAll("*")) {
    if (element.shadowRoot) roots.push(...searchRoots(element.shadowRoot));
  }
  return roots;
}
let knownRoots = null;
const allRoots = () => (knownRoots = knownRoots || searchRoots(document));
const everywhere = (css) => allRoots().flatMap((root) => [...root.querySelectorAll(css)]);
const withAttribute = (name, value) => everywhere(`[${CSS.escape(name)}=${CSS.escape(value)}]`);

function byCss(value) {
  const [outer, ...inner] = value.split(">>>");
  let found = everywhere(outer);
  for (const part of inner) {
    found = found.flatMap((host) => (host.shadowRoot ? [...host.shadowRoot.querySelectorAll(part)] : []));
  }
  return found;
}

function byXpath(value) {
  const kind = XPathResult.ORDERED_NODE_ITERATOR_TYPE;
  const result = document.evaluate(value, document, null, kind, null);
  const found = [];
  for (let node = result.iterateNext(); node; node = result.iterateNext()) {
    if (node.nodeType !== Node.ELEMENT_NODE) throw new SyntaxError("the XPath does not lead to elements");
    found.push(node);
  }
  return found;
}

// Innermost elements whose shown text is accepted; text of an element is part of the text of those around it, so
// branches that cannot contain it are not entered.
function innermost(element, value, accepts) {
  const children = [...element.children];
  const wrapsOne = children.length === 1 && ![...element.childNodes].some((node) => node.nodeType === 3 && fold(node.data));
  const text = shownText(element);
  if (!text.includes(value)) return [];
  const inside = children.flatMap((child) => innermost(child, value, accepts));
  if (inside.length || (wrapsOne && !accepts(text))) return inside;
  return accepts(text) ? [element] : [];
}

const LABELLED = "button[aria-label],a[aria-label],input[aria-label],[role][aria-label]";
function byText(value, accepts) {
  const wanted = fold(value);
  const test = (text) => accepts(fold(text), wanted);
  return allRoots().flatMap((root) => {
    const tops = root === document ? [document.body || document.documentElement] : [...root.children];
    const found = new Set(tops.flatMap((top) => innermost(top, wanted, test)));
    for (const button of root.querySelectorAll("input[type=button],input[type=submit],input[type=reset]")) {
      if (test(button.value)) found.add(button);
    }
    for (const element of root.querySelectorAll(LABELLED)) {
      if (test(element.getAttribute("aria-label"))) found.add(element);
    }
    return [...found].sort(inDocumentOrder);
  });
}

const byLink = (value, accepts) =>
  everywhere("a,[role=link]").filter((link) => accepts(shownText(link), fold(value)));

const BUTTONS =
  "button,input[type=button],input[type=submit],input[type=reset],input[type=image],[role=button],summary";
function byButton(value, names) {
  const wanted = fold(value);
  return everywhere(BUTTONS).filter((button) => names(button).some((name) => fold(name) === wanted));
}
const buttonNames = (button) => [
  shownText(button),
  button.value,
  ...["aria-label", "title", "name", "id"].map((name) => button.getAttribute(name)),
];

// What a person reads in a field: its content, else its hint; of a closed list only what is chosen.
const WITHOUT_TEXT = ["checkbox", "color", "file", "hidden", "image", "password", "radio", "range"];
function fieldText(field) {
  if (field.tagName === "SELECT") {
    const open = field.multiple || field.size > 1;
    return [...field.options].filter((option) => open || option.selected).map((option) => option.text).join(" ");
  }
  return WITHOUT_TEXT.includes(field.type) ? "" : field.value || field.placeholder || "";
}
const FIELDS = "input,textarea,select";
function byShown(value) {
  const wanted = fold(value);
  return allRoots().flatMap((root) => {
    const tops = root === document ? [document.body || document.documentElement] : [...root.children];
    const found = tops.flatMap((top) => innermost(top, wanted, (text) => text.includes(wanted)));
    const fields = [...root.querySelectorAll(FIELDS)].filter((field) => fold(fieldText(field)).includes(wanted));
    return [...found.filter((element) => !element.closest(FIELDS)), ...fields].sort(inDocumentOrder);
  });
}

const same = (text, wanted) => text === wanted;
const part = (text, wanted) => text.includes(wanted);
const STRATEGIES = {
  css: byCss,
  xpath: byXpath,
  id: (value) => withAttribute("id", value),
  name: (value) => withAttribute("name", value),
  class: (value) => everywhere(value.split(/\s+/).map((word) => `.${CSS.escape(word)}`).join("")),
  tag: (value) => everywhere(CSS.escape(value)),
  testid: (value) => withAttribute(request.testid, value),
  label: (value) => withAttribute("aria-label", value),
  link: (value) => byLink(value, same),
  partial: (value) => byLink(value, part),
  text: (value) => byText(value, same),
  contains: (value) => byText(value, part),
  shown: byShown,
  button: (value) => byButton(value, buttonNames),
  titled: (value) => everywhere(BUTTONS).filter((button) => fold(button.title).startsWith(fold(value))),
  attribute: (value) => byButton(value, (button) => [...button.attributes].map((attribute) => attribute.value)),
};

// An option has no box of its own: what it is in the page is its list.
const boxOf = (element) => (/^(option|optgroup)$/i.test(element.tagName) && element.closest("select")) || element;
const hasArea = (element) => [...element.getClientRects()].some((box) => box.width > 0 && box.height > 0);
function hasBox(element) {
  if (hasArea(element)) return true;
  // Floated content leaves the box of what is around it without height, though it is plain to see.
  const style = getComputedStyle(element);
  return style.overflow === "visible" && [...element.children].some((child) => isVisible(child));
}
function isVisible(element) {
  const box = boxOf(element);
  const rule = { opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true };
  const shown = getComputedStyle(box).display === "contents" ? true : box.checkVisibility(rule);
  return shown && hasBox(box);
}

const isInput = (element, ...types) => element.tagName === "INPUT" && types.includes(element.type);
const visibleLabel = (element) =>
  isInput(element, "checkbox", "radio") ? [...(element.labels || [])].find((label) => isVisible(label)) : undefined;
const usable = (element) =>
  isVisible(element) || Boolean(visibleLabel(element)) || (request.needs === "file" && isInput(element, "file"));
const asNeeded = (element) =>
  request.needs !== "any" && element.tagName === "LABEL" && element.control ? element.control : element;

function search() {
  const tried = []; // pairs, because drivers do not keep the order of keys
  let fallback = null;
  for (const [strategy, value] of request.strategies) {
    let found;
    try {
      found = [...new Set(STRATEGIES[strategy](value).map(asNeeded))];
    } catch (error) {
      if (request.fixed) return { problem: `${strategy}: ${error.message}` };
      continue;
    }
    tried.push([strategy, found.length]);
    if (!found.length) continue;
    const seen = found.filter(request.acting ? usable : isVisible);
    const answer = { strategy, tried, found, seen };
    if (seen.length || !request.acting) return answer;
    fallback = fallback || answer;
  }
  return fallback || { strategy: null, tried, found: [], seen: [] };
}

function describe(element) {
  const names = ["id", "name", "class", "role"].filter((name) => element.getAttribute(name));
  const attributes = names.map((name) => ` ${name}="${element.getAttribute(name).slice(0, 60)}"`);
  return `<${element.tagName.toLowerCase()}${attributes.join("")}>`;
}

// The middle of the part of the first box that lies in the viewport, where a driver would click.
function middle(element) {
  const box = [...element.getClientRects()].find((rect) => rect.width > 0 && rect.height > 0) || element.getBoundingClientRect();
  const left = Math.max(0, box.left), right = Math.min(innerWidth, box.right);
  const top = Math.max(0, box.top), bottom = Math.min(innerHeight, box.bottom);
  return left < right && top < bottom ? [(left + right) / 2, (top + bottom) / 2] : null;
}
function coverOf(element) {
  const point = middle(element);
  if (!point) return "nothing, because it lies outside the viewport";
  const hit = element.getRootNode().elementFromPoint(...point);
  if (!hit) return "nothing, because it lies outside the viewport";
  return element === hit || element.contains(hit) ? null : describe(hit);
}
const toMiddle = (element) => element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });

function isLoaded(element) {
  if (element.tagName === "IMG") return element.complete;
  if (!/^I?FRAME$/.test(element.tagName)) return true;
  try {
    const inner = element.contentDocument;
    return !inner || (inner.readyState === "complete" && (!element.src || inner.URL !== "about:blank" || element.src === "about:blank"));
  } catch (error) {
    return true; // another origin: its state is nobody's business
  }
}

function styleOf(element, name) {
  const style = getComputedStyle(element);
  const value = name.startsWith("--") ? style.getPropertyValue(name).trim() || null : style[name];
  return typeof value === "string" ? value : null;
}

function valueOf(element) {
  const [kind, name] = request.read;
  const field = /^(input|textarea|select)$/i.test(element.tagName);
  let value;
  if (kind === "attribute") value = element.getAttribute(name);
  else if (kind === "property") value = element[name];
  else if (kind === "style") value = styleOf(element, name);
  else if (kind === "shown" && element.matches(FIELDS)) value = fieldText(element);
  else value = kind === "value" && field ? element.value : element.innerText ?? element.textContent;
  return value === null || value === undefined ? null : typeof value === "object" ? JSON.stringify(value) : String(value);
}

function factsOf(element, target) {
  const enabled = !element.matches(":disabled") && !element.closest('[aria-disabled="true"]');
  const checkable = isInput(element, "checkbox", "radio");
  const writable = /^(input|textarea|select)$/i.test(element.tagName) ? !element.readOnly : element.isContentEditable;
  return {
    description: describe(element),
    tag: element.tagName.toLowerCase(),
    type: isInput(element, element.type) ? element.type : "",
    enabled,
    checkable: checkable || element.hasAttribute("aria-checked"),
    checked: checkable ? element.checked : element.getAttribute("aria-checked") === "true",
    focused: element.getRootNode().activeElement === element,
    editable: enabled && writable && isVisible(element),
    covered: request.point ? coverOf(boxOf(target)) : null,
    loaded: isLoaded(element),
    value: request.read ? valueOf(element) : null,
  };
}

const placeOfBox = (element) => {
  const box = boxOf(element).getBoundingClientRect();
  return [box.left, box.top, box.width, box.height].join();
};
const isAnimated = (element) =>
  document.getAnimations().some((animation) => {
    const animated = animation.playState === "running" && animation.effect && animation.effect.target;
    return animated && animated.contains(element);
  });
// Two frames; a tab in the background gets none, so a timer ends the wait there.
const twoFrames = () =>
  new Promise((done) => {
    setTimeout(done, 150);
    requestAnimationFrame(() => requestAnimationFrame(done));
  });

function frameName() {
  if (window === window.top) return "top";
  return window.name || (window.frameElement && window.frameElement.id) || "a frame without name";
}

const { problem, strategy, tried, found, seen } = search();
const page = { url: location.href, frame: frameName(), document: performance.timeOrigin, loaded: document.readyState === "complete" };
if (problem) return { problem, page };

const visible = new Set(seen);
const ordered = [...seen, ...found.filter((element) => !visible.has(element))];
const first = ordered[0];
const answer = {
  page,
  strategy,
  tried,
  matches: found.length,
  visible: seen.length,
  in_shadow: Boolean(first) && first.getRootNode() !== document,
  elements: ordered.slice(0, request.most),
  described: ordered.slice(0, 5).map(describe),
  target: null,
  facts: null,
};
if (!first) return answer;

const hidden = !isVisible(first) || (request.acting && isInput(first, "checkbox", "radio") && coverOf(first));
const target = (request.acting && hidden && visibleLabel(first)) || first;
answer.target = target;
if (request.acting && seen.length && (request.centre || coverOf(boxOf(target)))) toMiddle(boxOf(target));
answer.facts = factsOf(first, target);
if (!request.frames && !(request.acting && isAnimated(target))) return answer;
const before = placeOfBox(target);
return twoFrames().then(() => ({ ...answer, facts: { ...factsOf(first, target), moving: before !== placeOfBox(target) } }));
