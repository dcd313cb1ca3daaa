// Header and footer of every page, and the number of books in the basket.
import { countBooks, onBasketChange } from "./basket.js";
import { customer, logOut } from "./customer.js";

const PAGES = [
  ["index.html", "Books"],
  ["orders.html", "Orders"],
  ["stock.html", "Stock"],
  ["letters.html", "Reviews"],
  ["dialogs.html", "Club"],
  ["upload.html", "Manuscripts"],
];

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function menu() {
  const here = location.pathname.split("/").pop() || "index.html";
  const list = element("ul", { class: "menu" });
  for (const [address, name] of PAGES) {
    const link = element("a", { href: address }, name);
    if (address === here) link.setAttribute("aria-current", "page");
    list.append(element("li", {}, link));
  }
  return element("nav", { "aria-label": "Main", style: "flex: 1" }, list);
}

function account() {
  const box = element("div", { class: "account" });
  const name = customer();
  if (name) {
    const leave = element("button", { type: "button", class: "plain", id: "log-out" }, "Log out");
    leave.addEventListener("click", () => { logOut(); location.assign("index.html"); });
    box.append(element("span", { id: "greeting", "data-testid": "greeting" }, `Hello, ${name}`), leave);
  } else {
    box.append(element("a", { href: "login.html", id: "log-in-link" }, "Log in"));
  }
  const count = element("span", { id: "basket-count", class: "badge", "data-testid": "basket-count" });
  const show = () => { count.textContent = countBooks(); };
  onBasketChange(show);
  show();
  box.append(element("a", { href: "cart.html", id: "basket-link" }, "Basket ", count));
  return box;
}

const home = element("a", { href: "index.html", class: "brand" }, element("img", { src: "logo.svg", alt: "" }), "Paper Lantern Books");
document.body.prepend(
  element("a", { class: "skip", href: "#content" }, "Skip to the content"),
  element("header", { class: "bar" }, element("div", { class: "bar-inner" }, home, menu(), account())),
);
document.body.append(element("footer", { class: "foot", id: "footer" }, element("div", { class: "foot-inner" },
  element("span", {}, "Paper Lantern Books is a sample shop. Nothing is sold and nothing leaves this computer."),
  element("a", { href: "terms.html", target: "_blank", rel: "opener", id: "terms-link" }, "Delivery terms"))));
