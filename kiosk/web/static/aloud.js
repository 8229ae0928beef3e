// Reads the page aloud from recorded clips: one voice at a time, silent at any touch, again at a tap on its button.

let speaking = null;
let turn = 0; // a reading that is not the latest one goes silent by itself
let volume = 1;

/** Starts on the button that repeats; `data-say` of an element names its clips, `data-volume` is from 0 to 1. */
export default function start(button) {
  volume = Number(button.dataset.volume);
  const readAll = () => read(page());
  const onClick = (event) => {
    event.preventDefault();
    readAll();
  };
  const onSay = (event) => read(clipsOf(event.target));
  let last = page().join(" ");
  const onState = (event) => {
    const now = page().join(" ");
    if (now !== last) read([...event.target.querySelectorAll("[data-say]")].flatMap(clipsOf));
    last = now;
  };
  button.addEventListener("click", onClick);
  document.addEventListener("pointerdown", hush, { capture: true, passive: true });
  document.addEventListener("aloud:say", onSay);
  document.addEventListener("live:state", onState);
  for (const element of document.querySelectorAll("dialog[data-say], [data-away]")) clipsOf(element).forEach(keep);
  readAll();
  return () => {
    hush();
    document.removeEventListener("pointerdown", hush, { capture: true });
    document.removeEventListener("aloud:say", onSay);
    document.removeEventListener("live:state", onState);
  };
}

// what the page says: all of it but what is not to be seen now
function page() {
  const shown = [...document.querySelectorAll("[data-say]")].filter((one) => !one.closest("dialog, [hidden]"));
  return shown.flatMap(clipsOf);
}

function clipsOf(element) {
  return (element.dataset.say ?? "").split(" ").filter(Boolean);
}

const kept = new Map();

// a clip that must speak when the server is gone is fetched while it is there
function keep(name) {
  kept.set(name, Object.assign(new Audio(`/display/clips/${name}`), { preload: "auto" }));
}

function hush() {
  turn += 1;
  speaking?.pause();
  delete document.documentElement.dataset.reading;
}

async function read(names) {
  hush();
  const mine = turn;
  const page = document.documentElement;
  page.dataset.reading = names.join(" "); // what is being said, for whoever looks
  for (const name of names) {
    if (mine !== turn) return;
    await play(kept.get(name) ?? new Audio(`/display/clips/${name}`));
  }
  if (mine === turn) delete page.dataset.reading;
}

function play(clip) {
  speaking = Object.assign(clip, { currentTime: 0, volume });
  return new Promise((done) => {
    for (const end of ["pause", "ended", "error"]) clip.addEventListener(end, done, { once: true });
    clip.play().catch(done);
  });
}
