// Counts down in sight of everybody and then opens the first screen; any touch, and reading aloud, starts the count anew.

import { open } from "./steady.js";

/** `data-seconds` to go, `data-home` to open; `[data-seconds]` and `progress` inside show what is left. */
export default function start(element) {
  const whole = Number(element.dataset.seconds);
  const shown = element.querySelector("[data-seconds]");
  const bar = element.querySelector("progress");
  let since = performance.now();
  const again = () => (since = performance.now());
  const look = () => {
    if (document.documentElement.dataset.reading) again(); // somebody listens
    const left = whole - (performance.now() - since) / 1_000;
    if (shown) shown.textContent = String(Math.max(0, Math.ceil(left)));
    if (bar) bar.value = Math.max(0, left);
    if (left > 0) return;
    window.clearInterval(ticking);
    open(element.dataset.home);
  };
  const ticking = window.setInterval(look, 200);
  document.addEventListener("pointerdown", again, { capture: true, passive: true });
  return () => {
    window.clearInterval(ticking);
    document.removeEventListener("pointerdown", again, { capture: true });
  };
}
