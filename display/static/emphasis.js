// Marks a call that has just appeared, and whichever is being spoken, for ten seconds: eyes find it; the rest is left in peace.

const NEW_FOR_MS = 10_000;

/** Elements with `data-call` below the element get the class `is-new` while their call is new or being spoken. */
export default function start(element) {
  const until = new Map([...element.querySelectorAll("[data-call]")].map((call) => [call.dataset.call, 0]));
  const mark = () => {
    const now = performance.now();
    for (const call of element.querySelectorAll("[data-call]")) {
      const name = call.dataset.call;
      if (!until.has(name)) until.set(name, now + NEW_FOR_MS);
      call.classList.toggle("is-new", until.get(name) > now);
      if (call.className === "") call.removeAttribute("class");
    }
  };
  const spoken = ({ detail }) => {
    if (detail.speaking === undefined) return;
    until.set(String(detail.speaking), performance.now() + NEW_FOR_MS);
    mark();
  };
  element.addEventListener("live:state", mark);
  document.addEventListener("announcer:state", spoken);
  const ticking = window.setInterval(mark, 500);
  return () => {
    window.clearInterval(ticking);
    element.removeEventListener("live:state", mark);
    document.removeEventListener("announcer:state", spoken);
  };
}
