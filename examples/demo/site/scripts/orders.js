// The table of orders: a filter, a state, and columns that sort.
import { money } from "./basket.js";

const ORDERS = [
  [1041, "2025-01-14", "Ada Lovelace", 2450, "paid"],
  [1042, "2025-01-15", "Grace Hopper", 12850, "paid"],
  [1043, "2025-01-15", "Alan Turing", 1890, "open"],
  [1044, "2025-01-19", "Mary Somerville", 6740, "paid"],
  [1045, "2025-01-22", "Ada Lovelace", 3200, "returned"],
  [1046, "2025-02-02", "Edsger Dijkstra", 990, "open"],
  [1047, "2025-02-03", "Grace Hopper", 5580, "paid"],
  [1048, "2025-02-11", "Katherine Johnson", 21000, "paid"],
  [1049, "2025-02-12", "Alan Turing", 4440, "open"],
  [1050, "2025-02-28", "Hedy Lamarr", 1650, "paid"],
  [1051, "2025-03-01", "Ada Lovelace", 8790, "open"],
  [1052, "2025-03-09", "Karen Jones", 2790, "returned"],
];
const rows = document.getElementById("order-rows");
const filter = document.getElementById("filter");
const state = document.getElementById("state");
const heads = [...document.querySelectorAll("th[data-column]")];
let order = { column: 0, up: true };

function cell(text, className = "") {
  const made = document.createElement("td");
  made.className = className;
  made.append(text);
  return made;
}

function row([number, day, customer, cents, stands]) {
  const made = document.createElement("tr");
  made.id = `order-${number}`;
  const mark = document.createElement("span");
  mark.className = `state ${stands}`;
  mark.textContent = stands;
  made.append(cell(String(number)), cell(day), cell(customer), cell(money(cents), "number"), cell(mark));
  return made;
}

function byColumn(left, right) {
  const [a, b] = [left[order.column], right[order.column]];
  const step = typeof a === "number" ? a - b : a.localeCompare(b, "en");
  return order.up ? step : -step;
}

function show() {
  const words = filter.value.trim().toLowerCase();
  const fitting = ORDERS.filter((each) => each[2].toLowerCase().includes(words) && (!state.value || each[4] === state.value));
  rows.replaceChildren(...fitting.sort(byColumn).map(row));
  document.getElementById("shown").textContent = `${fitting.length} of ${ORDERS.length} orders`;
  document.getElementById("sum").textContent = money(fitting.reduce((sum, each) => sum + each[3], 0));
  for (const head of heads) {
    const active = Number(head.dataset.column) === order.column;
    head.setAttribute("aria-sort", active ? (order.up ? "ascending" : "descending") : "none");
  }
}

for (const head of heads) {
  head.querySelector("button").addEventListener("click", () => {
    const column = Number(head.dataset.column);
    order = { column, up: order.column === column ? !order.up : true };
    show();
  });
}
for (const kind of ["input", "change"]) document.getElementById("finder").addEventListener(kind, show);
show();
