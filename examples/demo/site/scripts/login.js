// The log-in form.
import { logIn } from "./customer.js";
import { complain } from "./fields.js";

const address = document.getElementById("email");
const password = document.getElementById("password");

document.getElementById("login").addEventListener("submit", (event) => {
  event.preventDefault();
  const complete = [
    complain(address, address.value.trim() ? "" : "Please enter your e-mail address."),
    complain(password, password.value ? "" : "Please enter your password."),
  ].every(Boolean);
  const refused = document.getElementById("refused");
  if (complete && logIn(address.value, password.value)) location.assign("index.html");
  else refused.hidden = !complete;
});
