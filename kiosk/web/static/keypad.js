// Types on the keypad without a page for each key; the server has the same rules and the last word.

const COMPLETE = /^[A-Z][0-9]{1,4}$/;

/** What stands there after a key: a letter begins anew, a digit follows a letter, `back` takes one away; or digits only. */
export function press(typed, key, digits = 0) {
  if (key === "back") return typed.slice(0, -1);
  if (digits) return (typed + key).slice(0, digits);
  const longer = /^[A-Z]$/.test(key) ? key : typed + key;
  return COMPLETE.test(longer) || /^[A-Z]$/.test(longer) ? longer : typed;
}

/** Starts on the form of the keypad; with `data-digits` so many digits are typed, then `data-next` (a button) opens. */
export default function start(form) {
  const digits = Number(form.dataset.digits ?? 0);
  const field = form.querySelector("[data-typed]");
  const next = form.dataset.next && document.querySelector(form.dataset.next);
  const shown = form.querySelector("[data-shown]");
  const example = form.querySelector("[data-example]");
  const message = form.querySelector("[data-message]");
  const show = (typed) => {
    field.value = typed;
    shown.textContent = typed;
    if (example) example.hidden = typed !== "";
    if (message) message.hidden = true;
    if (next) next.disabled = typed.length < digits;
  };
  const onClick = (event) => {
    const button = event.target.closest("button[name=key]");
    if (!button) return;
    event.preventDefault();
    show(press(field.value, button.value, digits));
  };
  form.addEventListener("click", onClick);
  return () => form.removeEventListener("click", onClick);
}
