// Single keys for the clerk's moves; they can be switched off, because speech input types letters too (WCAG 2.1.4).

const STORED = "console-keys";
const ALSO = { F2: "N" }; // the key that many counters already know for "next"

export class Keys {
  constructor(live, toggle) {
    this.live = live;
    this.toggle = toggle;
    this.pressed = (event) => this.press(event);
    this.switched = () => this.set(!this.on);
    document.addEventListener("keydown", this.pressed);
    toggle.addEventListener("click", this.switched);
    toggle.hidden = false;
    this.set(remembered() !== "off");
  }

  stop() {
    document.removeEventListener("keydown", this.pressed);
    this.toggle.removeEventListener("click", this.switched);
  }

  set(on) {
    this.on = on;
    remember(on ? "on" : "off");
    document.body.classList.toggle("console--keys", on);
    const word = this.toggle.querySelector("[data-keys-state]");
    word.textContent = on ? word.dataset.on : word.dataset.off;
  }

  press(event) {
    if (!this.on || event.repeat || event.isComposing || event.defaultPrevented) return;
    if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
    // the place of the key, not its letter: a Chinese input method may hide the letter
    const key = ALSO[event.code] ?? event.code.replace(/^(Key|Digit|Numpad)/, "");
    const place = document.querySelector(".panel:popover-open") ?? this.live; // an open panel has keys of its own
    const keyed = place.querySelectorAll(`:is(a, button, input)[data-key="${CSS.escape(key)}"]`);
    const button = [...keyed].find((one) => one.checkVisibility());
    if (!button || button.disabled) return;
    event.preventDefault();
    button.click();
  }
}

function typing(element) {
  return element instanceof Element && element.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
}

function remembered() {
  try {
    return window.localStorage.getItem(STORED);
  } catch {
    return null; // storage may be forbidden by policy: the keys are then simply on
  }
}

function remember(value) {
  try {
    window.localStorage.setItem(STORED, value);
  } catch {
    // nothing to remember with
  }
}
