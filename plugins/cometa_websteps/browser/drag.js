// Parts of a drag: brings both elements into view, notices whether anything came of it, plays its events.
// arguments: what to do ("watch", "moved", "play"), the element that is dragged, the one that it is dropped on.
const [task, source, target] = arguments;
const KEY = Symbol.for("cometa.drag");

const middle = (element) => {
  const box = element.getBoundingClientRect();
  return { clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 };
};
const inView = ({ clientX, clientY }) => clientX >= 0 && clientY >= 0 && clientX < innerWidth && clientY < innerHeight;
const draggable = (element) => element.closest('[draggable="true"]') || (element.draggable ? element : null);

function placeOf(element) {
  const box = element.getBoundingClientRect();
  return [box.left + scrollX, box.top + scrollY, box.width, box.height].map(Math.round).join();
}

function watch() {
  for (const element of [target, source]) element.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
  const state = { dropped: false, parent: source.parentNode, place: placeOf(source), listener: () => (state.dropped = true) };
  document[KEY] = state;
  addEventListener("drop", state.listener, true);
  return { reach: inView(middle(source)) && inView(middle(target)), native: Boolean(draggable(source)) };
}

function moved() {
  const state = document[KEY];
  if (!state) return true; // the drop led to another document
  removeEventListener("drop", state.listener, true);
  delete document[KEY];
  return state.dropped || !source.isConnected || source.parentNode !== state.parent || placeOf(source) !== state.place;
}

function play() {
  const dataTransfer = new DataTransfer();
  const dragged = draggable(source);
  const send = (type, element) =>
    !element.dispatchEvent(
      new DragEvent(type, { bubbles: true, cancelable: type !== "dragend", composed: true, dataTransfer, ...middle(element) })
    );
  if (send("dragstart", dragged)) return false;
  send("dragenter", target);
  // Whoever takes what is dragged says so by cancelling this event.
  const taken = send("dragover", target);
  if (taken) send("drop", target);
  if (dragged.isConnected) send("dragend", dragged);
  return taken;
}

return { watch, moved, play }[task]();
