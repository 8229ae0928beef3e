// Keeps the glass on the hall's pages: nothing a hand or a keyboard does opens a menu, drags, selects, prints or zooms.

const WRITTEN_IN = "input, textarea";
const KEYS = /^(F\d+|ContextMenu|Print|PrintScreen|Help|Browser\w+|Launch\w+)$/;

/** Guards the whole document as long as the element stands; what is written can still be selected. */
export default function start() {
  const refuse = (event) => event.preventDefault();
  const onSelect = (event) => {
    const place = event.target.nodeType === Node.TEXT_NODE ? event.target.parentElement : event.target;
    if (!place.closest?.(WRITTEN_IN)) event.preventDefault();
  };
  const onKey = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || KEYS.test(event.key)) event.preventDefault();
  };
  const onWheel = (event) => {
    if (event.ctrlKey) event.preventDefault(); // a pinch on a touchpad comes as such a wheel
  };
  const guards = {
    contextmenu: refuse, dragstart: refuse, dragover: refuse, drop: refuse, auxclick: refuse,
    selectstart: onSelect, keydown: onKey, wheel: onWheel,
  };
  const options = { capture: true, passive: false };
  for (const [name, guard] of Object.entries(guards)) document.addEventListener(name, guard, options);
  return () => {
    for (const [name, guard] of Object.entries(guards)) document.removeEventListener(name, guard, options);
  };
}
