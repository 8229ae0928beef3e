// Takes what a reader of identity cards types: eighteen signs within a moment, ended by Enter; a person is slower.

const WITHIN_MS = 1_500;
const NUMBER = /[0-9]{17}[0-9X]$/i;

/** Starts on the form that the number is sent with; nothing of it is ever shown. */
export default function start(form) {
  let typed = []; // the signs of the last moment, each with its time
  const onKey = (event) => {
    if (event.target.closest("textarea, input")) return;
    const now = performance.now();
    typed = typed.filter(({ at }) => now - at <= WITHIN_MS);
    const [number] = NUMBER.exec(typed.map(({ sign }) => sign).join("")) ?? [];
    if (event.key === "Enter" && number) {
      event.preventDefault();
      event.stopPropagation();
      form.elements.namedItem("card").value = number;
      typed = [];
      form.requestSubmit();
    } else if (event.key.length === 1) {
      typed.push({ sign: event.key, at: now });
    }
  };
  document.addEventListener("keydown", onKey, { capture: true });
  return () => document.removeEventListener("keydown", onKey, { capture: true });
}
