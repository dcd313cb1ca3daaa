// One book: details, quantity and the stars of its readers.
import { addBook, loadBooks, money } from "./basket.js";

const wanted = Number(new URLSearchParams(location.search).get("id") ?? 1);
const book = (await loadBooks()).find((candidate) => candidate.id === wanted);
const put = (id, text) => { document.getElementById(id).textContent = text; };

if (book) {
  document.title = `${book.title} - Paper Lantern Books`;
  put("title", book.title);
  put("author", book.author);
  put("blurb", book.blurb);
  put("subject", book.subject);
  put("pages", book.pages);
  put("stock", book.stock === 0 ? "sold out" : `${book.stock} on the shelf`);
  put("price", money(book.cents));
  document.getElementById("cover").style.setProperty("--hue", book.hue);
  const quantity = document.getElementById("quantity");
  const add = document.getElementById("add-to-basket");
  quantity.max = book.stock;
  add.disabled = book.stock === 0;
  document.getElementById("order").addEventListener("submit", (event) => {
    event.preventDefault();
    addBook(book.id, Number(quantity.value));
    const said = document.getElementById("said");
    said.textContent = `${quantity.value} x ${book.title} added to your basket.`;
    said.hidden = false;
  });
} else {
  put("title", "We do not have this book");
  document.getElementById("order").hidden = true;
}
document.getElementById("book").hidden = false;
