// The stock check: things that come late, and a sign that goes away.
const LATE_MS = 1500;
const WELCOME_MS = 1200;

setTimeout(() => {
  const late = document.createElement("p");
  late.id = "late-news";
  late.className = "message good";
  late.textContent = "The delivery van has arrived.";
  document.getElementById("late-place").replaceChildren(late);
}, WELCOME_MS);

document.getElementById("check-stock").addEventListener("click", (event) => {
  const button = event.currentTarget;
  const place = document.getElementById("stock-place");
  const sign = document.createElement("p");
  sign.id = "spinner";
  sign.className = "spinner";
  sign.setAttribute("role", "status");
  sign.textContent = "Counting the books ...";
  place.replaceChildren(sign);
  button.disabled = true;
  setTimeout(() => {
    const answer = document.createElement("p");
    answer.id = "stock";
    answer.className = "message good";
    answer.textContent = "55 books are on the shelf.";
    place.replaceChildren(answer);
    button.disabled = false;
  }, LATE_MS);
});
