// The list of books with its search.
import { addBook, loadBooks, money } from "./basket.js";

const NEWS_KEY = "lantern.news-read";
const query = document.getElementById("search");
const subject = document.getElementById("subject");
const inStock = document.getElementById("in-stock");
const shelf = document.getElementById("shelf");
const found = document.getElementById("found");
const said = document.getElementById("said");
const books = await loadBooks();
let shown = null;

function card(book) {
  const item = document.getElementById("book-card").content.cloneNode(true).firstElementChild;
  item.id = `book-${book.id}`;
  item.dataset.testid = `book-${book.id}`;
  item.querySelector(".cover").style.setProperty("--hue", book.hue);
  const link = item.querySelector("h2 a");
  link.textContent = book.title;
  link.href = `product.html?id=${book.id}`;
  item.querySelector(".author").textContent = book.author;
  item.querySelector(".subject").textContent = book.subject;
  item.querySelector(".price").textContent = money(book.cents);
  const add = item.querySelector("button");
  add.id = `add-${book.id}`;
  add.disabled = book.stock === 0;
  add.textContent = book.stock === 0 ? "Sold out" : "Add";
  add.setAttribute("aria-label", book.stock === 0 ? `Sold out: ${book.title}` : `Add to basket: ${book.title}`);
  add.addEventListener("click", () => { addBook(book.id); said.textContent = `${book.title} is in your basket.`; said.hidden = false; });
  return item;
}

function fits(book) {
  const words = query.value.trim().toLowerCase();
  return (!words || `${book.title} ${book.author} ${book.subject}`.toLowerCase().includes(words))
    && (!subject.value || book.subject === subject.value)
    && (!inStock.checked || book.stock > 0);
}

function show() {
  // Leaving the search field tells of the change a second time; new cards then would swallow the click that caused it.
  const criteria = [query.value, subject.value, inStock.checked].join("|");
  if (criteria === shown) return;
  shown = criteria;
  const fitting = books.filter(fits);
  shelf.replaceChildren(...fitting.map(card));
  found.textContent = `${fitting.length} of ${books.length} books`;
  document.getElementById("nothing").hidden = fitting.length > 0;
}

for (const name of [...new Set(books.map((book) => book.subject))].sort()) subject.append(new Option(name, name));
document.getElementById("finder").addEventListener("submit", (event) => event.preventDefault());
for (const kind of ["input", "change"]) document.getElementById("finder").addEventListener(kind, show);
show();

const news = document.getElementById("news");
news.hidden = localStorage.getItem(NEWS_KEY) === "yes";
document.getElementById("news-close").addEventListener("click", () => { localStorage.setItem(NEWS_KEY, "yes"); news.hidden = true; });
