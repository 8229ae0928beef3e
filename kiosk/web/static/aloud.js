// Reads the page aloud from recorded clips: one voice at a time, silent at any touch, again at a tap on its button.

let speaking = null;
let turn = 0; // a reading that is not the latest one goes silent by itself
let volume = 1;

/** Starts on the button that repeats; `data-say` of an element names its clips, `data-volume` is from 0 to 1. */
export default function start(button) {
  volume = Number(button.dataset.volume);
  const onClick = (event) => {
    event.preventDefault();
    read(page());
  };
  const onSay = (event) => read([event.target]);
  let known = clipsOfAll(page());
  const onState = (event) => {
    const fresh = parts(event.target).filter((part) => !known.has(part.dataset.say));
    if (fresh.length) read(fresh);
    known = clipsOfAll(page());
  };
  button.addEventListener("click", onClick);
  document.addEventListener("pointerdown", hush, { capture: true, passive: true });
  document.addEventListener("aloud:say", onSay);
  document.addEventListener("live:state", onState);
  for (const element of document.querySelectorAll("dialog[data-say], [data-away]")) clipsOf(element).forEach(keep);
  read(page());
  return () => {
    hush();
    document.removeEventListener("pointerdown", hush, { capture: true });
    document.removeEventListener("aloud:say", onSay);
    document.removeEventListener("live:state", onState);
  };
}

// what the page says, in its order: all of it but what is not to be seen now
function page() {
  return parts(document).filter((part) => !part.closest("dialog, [hidden]"));
}

function parts(root) {
  return [...root.querySelectorAll("[data-say]")].filter((part) => clipsOf(part).length);
}

function clipsOf(part) {
  return (part.dataset.say ?? "").split(" ").filter(Boolean);
}

function clipsOfAll(spoken) {
  return new Set(spoken.map((part) => part.dataset.say));
}

const kept = new Map();

// a clip that must speak when the server is gone is fetched while it is there
function keep(name) {
  kept.set(name, fetched(name));
}

function fetched(name) {
  return kept.get(name) ?? Object.assign(new Audio(`/display/clips/${name}`), { preload: "auto" });
}

function hush() {
  turn += 1;
  speaking?.pause();
  delete document.documentElement.dataset.reading;
  mark(null);
}

// the part that is heard is seen, too
function mark(part) {
  const before = document.querySelector("[data-heard]");
  if (before === part) return;
  before?.removeAttribute("data-heard");
  part?.setAttribute("data-heard", "");
  part?.scrollIntoView({ block: "nearest" });
}

// part by part; one that says the same as the last is passed over, and a clip is fetched while another is heard
async function read(parts) {
  hush();
  const mine = turn;
  const told = parts.filter((part, place) => part.dataset.say !== parts[place - 1]?.dataset.say);
  const said = told.flatMap((part) => clipsOf(part).map((name) => ({ part, name })));
  document.documentElement.dataset.reading = said.map((one) => one.name).join(" "); // for whoever looks
  let next = said.length ? fetched(said[0].name) : null;
  for (const [place, { part }] of said.entries()) {
    const clip = next;
    next = place + 1 < said.length ? fetched(said[place + 1].name) : null;
    mark(part);
    await play(clip);
    if (mine !== turn) return;
  }
  hush();
}

function play(clip) {
  speaking = Object.assign(clip, { currentTime: 0, volume });
  return new Promise((done) => {
    for (const end of ["pause", "ended", "error"]) clip.addEventListener(end, done, { once: true });
    clip.play().catch(done);
  });
}
