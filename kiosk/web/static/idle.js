// Gives the kiosk back to the next person: asks once whether somebody is still there, then starts again from home.

import { open } from "./steady.js";

const SIGNS = ["pointerdown", "keydown", "wheel", "scroll"];

/** `data-quiet` seconds without a touch ask, `data-warn` seconds later `data-home` opens; a touch anywhere goes on. */
export default function start(element) {
  const quiet = Number(element.dataset.quiet);
  const warn = element instanceof HTMLDialogElement ? Number(element.dataset.warn) : 0;
  const shown = element.querySelector("[data-seconds]");
  let since = performance.now();
  const touched = () => (since = performance.now());
  const goOn = () => element.close?.(); // at the click, not before: the finger would reach what lies below
  const look = () => {
    if (document.documentElement.dataset.reading && !element.open) touched(); // somebody listens
    const rest = (performance.now() - since) / 1_000 - quiet;
    if (rest < 0) return;
    if (rest >= warn) {
      window.clearInterval(ticking);
      open(element.dataset.home);
      return;
    }
    if (shown) shown.textContent = String(Math.ceil(warn - rest));
    if (element.open) return;
    element.showModal();
    element.dispatchEvent(new CustomEvent("aloud:say", { bubbles: true }));
  };
  const ticking = window.setInterval(look, 250);
  element.addEventListener("click", goOn);
  for (const sign of SIGNS) document.addEventListener(sign, touched, { capture: true, passive: true });
  return () => {
    window.clearInterval(ticking);
    for (const sign of SIGNS) document.removeEventListener(sign, touched, { capture: true });
  };
}
