// Marks a call that has just appeared for ten seconds, so that eyes find it; what was there before is left in peace.

const NEW_FOR_MS = 10_000;

/** Elements with `data-call` below the element get the class `is-new` while their call is new. */
export default function start(element) {
  const seen = new Map([...element.querySelectorAll("[data-call]")].map((call) => [call.dataset.call, 0]));
  const mark = () => {
    const now = performance.now();
    for (const call of element.querySelectorAll("[data-call]")) {
      const name = call.dataset.call;
      if (!seen.has(name)) seen.set(name, now + NEW_FOR_MS);
      call.classList.toggle("is-new", seen.get(name) > now);
      if (call.className === "") call.removeAttribute("class");
    }
  };
  element.addEventListener("live:state", mark);
  const ticking = window.setInterval(mark, 500);
  return () => {
    window.clearInterval(ticking);
    element.removeEventListener("live:state", mark);
  };
}
