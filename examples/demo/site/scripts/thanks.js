// What was ordered last in this tab.
const order = JSON.parse(sessionStorage.getItem("lantern.order") ?? "null");
const put = (id, text) => { document.getElementById(id).textContent = text; };

if (order) {
  put("thanks", `Thank you, ${order.name}!`);
  put("order-number", order.number);
  put("order-email", order.email);
  put("order-delivery", `${order.delivery} delivery to ${order.country}${order.gift ? ", wrapped as a gift" : ""}`);
  put("order-amount", order.amount);
} else {
  put("thanks", "Nothing was ordered yet");
}
document.getElementById("order").hidden = !order;
