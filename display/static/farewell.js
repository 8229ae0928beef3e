// Says goodbye at a window for a moment after a visit has ended (the farewell of regulations 5.2).

const FOR_MS = 12_000;

/** Shows `[data-farewell]` for twelve seconds when `[data-state]` goes from serving to idle or closed. */
export default function start(element) {
  const stateNow = () => element.querySelector("[data-state]")?.dataset.state;
  let before = stateNow();
  let until = 0;
  const watch = () => {
    const now = stateNow();
    if (before === "serving" && (now === "idle" || now === "closed")) until = performance.now() + FOR_MS;
    else if (now !== before) until = 0;
    before = now;
    const words = element.querySelector("[data-farewell]");
    if (words) words.hidden = performance.now() >= until;
  };
  element.addEventListener("live:state", watch);
  const watching = window.setInterval(watch, 500);
  return () => {
    window.clearInterval(watching);
    element.removeEventListener("live:state", watch);
  };
}
