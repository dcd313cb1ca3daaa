// The form inside the frame of the reviews page.
document.getElementById("letter-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = document.getElementById("letter").value.trim();
  const answer = document.getElementById("letter-answer");
  answer.textContent = text ? `Your review was received: "${text}"` : "Please write something first.";
});
