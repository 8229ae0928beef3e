// Takes a notice down when its time is over, even if the server is away and cannot say so.

import { hallNow } from "./halltime.js";

/** Elements below with `data-until` (ISO time) are removed once that moment has passed. */
export default function start(element) {
  const sweep = () => {
    for (const notice of element.querySelectorAll("[data-until]")) {
      if (Date.parse(notice.dataset.until) <= hallNow()) notice.remove();
    }
  };
  element.addEventListener("live:state", sweep);
  const sweeping = window.setInterval(sweep, 1_000);
  sweep();
  return () => {
    window.clearInterval(sweeping);
    element.removeEventListener("live:state", sweep);
  };
}
