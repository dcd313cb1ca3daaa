// The order form: checks every field, says what is missing, then goes to the confirmation.
import { EXPRESS_CENTS, countBooks, emptyBasket, loadBooks, money, totals } from "./basket.js";
import { complain } from "./fields.js";

const form = document.getElementById("checkout");
const books = await loadBooks();
const field = (id) => document.getElementById(id);

function amount() {
  return totals(books).total + (field("express").checked ? EXPRESS_CENTS : 0);
}

function show() {
  field("books").textContent = countBooks();
  field("amount").textContent = money(amount());
}

function checks() {
  return [
    complain(field("name"), field("name").value.trim() ? "" : "Please tell us your name."),
    complain(field("email"), /^\S+@\S+\.\S+$/.test(field("email").value.trim()) ? "" : "Please enter an e-mail address, for example ada@example.org."),
    complain(field("street"), field("street").value.trim() ? "" : "Please tell us where to send the books."),
    complain(field("country"), field("country").value ? "" : "Please choose a country."),
    complain(field("terms"), field("terms").checked ? "" : "Please accept the delivery terms."),
  ];
}

for (const kind of ["input", "change"]) form.addEventListener(kind, show);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const wrong = checks().filter((fine) => !fine).length;
  const summary = field("summary");
  summary.hidden = wrong === 0;
  if (wrong) {
    summary.textContent = wrong === 1 ? "One answer is missing." : `${wrong} answers are missing.`;
    form.querySelector("[aria-invalid=true]").focus();
    return;
  }
  const order = {
    number: `PL-${1000 + countBooks()}`,
    name: field("name").value.trim(),
    email: field("email").value.trim(),
    country: field("country").selectedOptions[0].text,
    delivery: field("express").checked ? "express" : "standard",
    gift: field("gift").checked,
    amount: money(amount()),
  };
  sessionStorage.setItem("lantern.order", JSON.stringify(order));
  emptyBasket();
  location.assign("thanks.html");
});
show();
// Shown only now: before this line the form would be sent to the server.
field("desk").hidden = false;
