// Guards the glass against fingers that are none: a second touch too soon, a palm, a touch that never ends.

const AGAIN_MS = 300;
const FINGERS = 2;
const STUCK_MS = 10_000;
const GHOSTS = 30;
const GHOSTS_WITHIN_MS = 10_000;
const ALIVE = "a, button, input, select, textarea, label, summary, [tabindex]";

/**
 * Ignores a second touch within 300 ms on the same control and everything while more than two fingers are down; a
 * touch held for ten seconds, or more than thirty on nothing within ten, reports itself by `data-report` (a form).
 */
export default function start(element) {
  const down = new Map();
  let ghosts = [];
  let latest = { control: null, at: -AGAIN_MS };
  let crowded = false;
  let reported = false;
  const report = (fault) => {
    if (reported) return;
    reported = true;
    const form = document.querySelector(element.dataset.report);
    form.elements.namedItem("fault").value = fault;
    form.requestSubmit();
  };
  const onDown = (event) => {
    const now = performance.now();
    if (!event.isTrusted) return;
    down.set(event.pointerId, window.setTimeout(() => report("stuck"), STUCK_MS));
    crowded = down.size > FINGERS;
    if (event.target.closest(ALIVE)) return;
    ghosts = [...ghosts.filter((at) => now - at < GHOSTS_WITHIN_MS), now];
    if (ghosts.length > GHOSTS) report("ghost");
  };
  const onUp = (event) => {
    window.clearTimeout(down.get(event.pointerId));
    down.delete(event.pointerId);
  };
  const onClick = (event) => {
    const control = event.target.closest(ALIVE);
    const now = performance.now();
    const again = control && control === latest.control && now - latest.at < AGAIN_MS;
    if (event.isTrusted && event.detail > 0 && (crowded || again)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    } else {
      latest = { control, at: now };
    }
    if (down.size === 0) crowded = false;
  };
  const ups = ["pointerup", "pointercancel"];
  document.addEventListener("pointerdown", onDown, { capture: true, passive: true });
  for (const up of ups) document.addEventListener(up, onUp, { capture: true, passive: true });
  document.addEventListener("click", onClick, { capture: true });
  return () => {
    for (const timer of down.values()) window.clearTimeout(timer);
    document.removeEventListener("pointerdown", onDown, { capture: true });
    for (const up of ups) document.removeEventListener(up, onUp, { capture: true });
    document.removeEventListener("click", onClick, { capture: true });
  };
}
