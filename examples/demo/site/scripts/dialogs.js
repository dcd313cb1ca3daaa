// The reading club: the three dialogs a browser can open.
const result = document.getElementById("dialog-result");

document.getElementById("show-alert").addEventListener("click", () => {
  alert("The club meets on Thursday at seven.");
  result.textContent = "You have read the news.";
});
document.getElementById("show-confirm").addEventListener("click", () => {
  result.textContent = confirm("Do you want to leave the club?") ? "You left the club." : "You stayed in the club.";
});
document.getElementById("show-prompt").addEventListener("click", () => {
  const name = prompt("What shall we call you?", "Bookworm");
  result.textContent = name === null ? "You kept your name." : `Welcome, ${name}!`;
});
