// Takes what a reader of identity cards types: eighteen signs within a moment, ended by Enter; a person is slower.

const WITHIN_MS = 1_500;
const NUMBER = /[0-9]{17}[0-9X]$/i;

/** Starts on the form that the number is sent with; nothing of it is ever shown. */
export default function start(form) {
  let typed = "";
  let since = 0;
  const onKey = (event) => {
    if (event.target.closest("textarea, input")) return;
    const now = performance.now();
    if (now - since > WITHIN_MS) {
      typed = "";
      since = now;
    }
    if (event.key === "Enter" && NUMBER.test(typed)) {
      event.preventDefault();
      event.stopPropagation();
      form.elements.namedItem("card").value = NUMBER.exec(typed)[0];
      typed = "";
      form.requestSubmit();
    } else if (event.key.length === 1) {
      typed += event.key;
    }
  };
  document.addEventListener("keydown", onKey, { capture: true });
  return () => document.removeEventListener("keydown", onKey, { capture: true });
}
