// The basket: what is in it (book number to quantity) and what it costs. Kept in this browser only.
const KEY = "lantern.basket";
const VOUCHER_KEY = "lantern.voucher";
export const VOUCHERS = { LANTERN10: 10 };
export const EXPRESS_CENTS = 690;

const changes = new EventTarget();

export function onBasketChange(listener) {
  changes.addEventListener("change", listener);
}

export function basket() {
  return JSON.parse(localStorage.getItem(KEY) ?? "{}");
}

export function setQuantity(id, quantity) {
  const now = basket();
  if (quantity > 0) now[id] = quantity;
  else delete now[id];
  localStorage.setItem(KEY, JSON.stringify(now));
  changes.dispatchEvent(new Event("change"));
}

export function addBook(id, quantity = 1) {
  setQuantity(id, (basket()[id] ?? 0) + quantity);
}

export function emptyBasket() {
  localStorage.removeItem(KEY);
  localStorage.removeItem(VOUCHER_KEY);
  changes.dispatchEvent(new Event("change"));
}

export function countBooks() {
  return Object.values(basket()).reduce((sum, quantity) => sum + quantity, 0);
}

export function voucher() {
  return localStorage.getItem(VOUCHER_KEY) ?? "";
}

/** Redeem a voucher; false when the code is not valid. */
export function redeem(code) {
  const known = code.trim().toUpperCase();
  if (!Object.hasOwn(VOUCHERS, known)) return false;
  localStorage.setItem(VOUCHER_KEY, known);
  changes.dispatchEvent(new Event("change"));
  return true;
}

/** All amounts in cents. */
export function totals(books) {
  const chosen = basket();
  const goods = books.reduce((sum, book) => sum + book.cents * (chosen[book.id] ?? 0), 0);
  const discount = Math.round((goods * (VOUCHERS[voucher()] ?? 0)) / 100);
  return { goods, discount, total: goods - discount };
}

export function money(cents) {
  return `${(cents / 100).toFixed(2)} EUR`;
}

export async function loadBooks() {
  const answer = await fetch("products.json");
  return answer.json();
}
