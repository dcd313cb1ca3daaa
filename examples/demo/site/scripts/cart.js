// The basket page: quantities, voucher, totals.
import { basket, emptyBasket, loadBooks, money, onBasketChange, redeem, setQuantity, totals, voucher } from "./basket.js";

const rows = document.getElementById("basket-rows");
const books = await loadBooks();
const put = (id, text) => { document.getElementById(id).textContent = text; };

function row(book, quantity) {
  const made = document.getElementById("basket-row").content.cloneNode(true).firstElementChild;
  made.id = `line-${book.id}`;
  made.querySelector(".title").textContent = book.title;
  made.querySelector(".each").textContent = money(book.cents);
  made.querySelector(".sum").textContent = money(book.cents * quantity);
  const field = made.querySelector("input");
  field.id = `quantity-${book.id}`;
  field.value = quantity;
  field.setAttribute("aria-label", `Quantity of ${book.title}`);
  field.addEventListener("change", () => {
    // An emptied field is somebody in the middle of typing, not a wish to remove the book.
    if (field.validity.valid && field.value !== "") setQuantity(book.id, Number(field.value));
  });
  const remove = made.querySelector("button");
  remove.id = `remove-${book.id}`;
  remove.setAttribute("aria-label", `Remove ${book.title}`);
  remove.addEventListener("click", () => setQuantity(book.id, 0));
  return made;
}

function show() {
  const chosen = basket();
  const lines = books.filter((book) => chosen[book.id]);
  rows.replaceChildren(...lines.map((book) => row(book, chosen[book.id])));
  document.getElementById("filled").hidden = lines.length === 0;
  document.getElementById("empty").hidden = lines.length > 0;
  const sums = totals(books);
  put("goods", money(sums.goods));
  put("discount", money(-sums.discount));
  put("total", money(sums.total));
  document.getElementById("discount-line").hidden = !voucher();
  document.getElementById("voucher-applied").hidden = !voucher();
  put("voucher-name", voucher());
}

document.getElementById("voucher-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = document.getElementById("voucher");
  const code = field.value.trim();
  const accepted = redeem(code);
  put("voucher-error", accepted ? "" : `The voucher "${code}" is not valid any more.`);
  field.setAttribute("aria-invalid", String(!accepted));
});
document.getElementById("empty-basket").addEventListener("click", emptyBasket);
onBasketChange(show);
show();
