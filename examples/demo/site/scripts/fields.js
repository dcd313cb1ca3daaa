// Form fields that say what is wrong with them, to eyes and to screen readers.

/** Show a message at a field, or take it away when the message is empty. Returns whether the field is fine. */
export function complain(field, message) {
  const place = document.getElementById(`${field.id}-error`);
  place.textContent = message;
  field.setAttribute("aria-invalid", String(Boolean(message)));
  field.setAttribute("aria-describedby", place.id);
  return !message;
}
