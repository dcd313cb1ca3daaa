// Who is logged in, for as long as the browser tab lives.
const KEY = "lantern.customer";
const CUSTOMERS = { "ada@example.org": ["lantern-42", "Ada Lovelace"], "grace@example.org": ["harbour-7", "Grace Hopper"] };

export function customer() {
  return sessionStorage.getItem(KEY) ?? "";
}

/** Log in; false when address and password do not belong together. */
export function logIn(address, password) {
  const [expected, name] = CUSTOMERS[address.trim().toLowerCase()] ?? [];
  if (!name || password !== expected) return false;
  sessionStorage.setItem(KEY, name);
  return true;
}

export function logOut() {
  sessionStorage.removeItem(KEY);
}
