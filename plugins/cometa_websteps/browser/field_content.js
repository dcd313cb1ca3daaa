// Reads and changes the content of one editable element.
// arguments: element, what to do ("select", "insert", "read"), text.
const [element, task, text] = arguments;
const field = /^(input|textarea|select)$/i.test(element.tagName);
// Fields whose text in the page is not what a keyboard types into them.
const PICKED = ["color", "date", "datetime-local", "month", "range", "time", "week"];

const content = () => (field ? element.value : element.innerText.replace(/\u00a0/g, " ").replace(/\n$/, ""));

function selectAll() {
  element.focus();
  if (field && element.select) element.select();
  else if (!field) getSelection().selectAllChildren(element);
}

function insert() {
  selectAll();
  if (!field || !PICKED.includes(element.type)) document.execCommand(text ? "insertText" : "delete", false, text);
  if (content() !== text && field) {
    // The setter of the class, so that frameworks that watch the field see a change.
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), "value").set.call(element, text);
    element.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

if (task === "select") selectAll();
if (task === "insert") insert();
if (task !== "select") element.dispatchEvent(new Event("change", { bubbles: true }));
return {
  content: content(),
  typed: !(field && (element.tagName === "SELECT" || PICKED.includes(element.type))),
  lines: !field || element.tagName === "TEXTAREA",
};
