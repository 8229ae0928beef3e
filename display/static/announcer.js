// The hall's voice: one call at a time from recorded clips, every call spoken once before any call is repeated.

const MOST_WAITING = 8;
const GAP_MS = 500;
const STILL_WORTH_SAYING_MS = 60_000;

/**
 * What is still to be said, in order. First readings go before repeats and are never dropped; when too many wait, the
 * oldest repeats go first; a doubled message is said once, a recall is a new message and is said again.
 */
export class Readings {
  constructor(most = MOST_WAITING) {
    this.most = most;
    this.first = [];
    this.repeats = [];
    this.known = new Set();
  }

  add(announcement) {
    if (this.known.has(announcement.seq)) return false;
    this.known.add(announcement.seq);
    this.first.push(announcement);
    this.trim();
    return true;
  }

  next() {
    const reading = this.first.shift() ?? this.repeats.shift() ?? null;
    if (reading) this.repeat(reading);
    return reading;
  }

  repeat({ ...reading }) {
    reading.repeats = (reading.repeats ?? 1) - 1;
    if (reading.repeats >= 1) this.repeats.push(reading);
    this.trim();
  }

  trim() {
    while (this.repeats.length > 0 && this.first.length + this.repeats.length > this.most) this.repeats.shift();
  }

  get waiting() {
    return this.first.length + this.repeats.length;
  }
}

/** Loads clips once and plays them one after another without a gap; a missing clip is left out, never waited for. */
export class Speaker {
  constructor(base, context = new AudioContext()) {
    this.base = base;
    this.context = context;
    this.buffers = new Map();
    this.missing = new Set();
    this.loudness = context.createGain();
    this.loudness.connect(context.destination);
  }

  get audible() {
    return this.context.state === "running";
  }

  async unlock() {
    if (this.audible) return true;
    // a refused resume() never settles, so it is raced against a moment of patience
    await Promise.race([this.context.resume().catch(() => undefined), pause(300)]);
    return this.audible;
  }

  async load(name) {
    if (!this.buffers.has(name)) {
      try {
        const answer = await fetch(this.base + encodeURIComponent(name));
        if (!answer.ok) throw new Error(`clip ${name} answered ${answer.status}`);
        this.buffers.set(name, await this.context.decodeAudioData(await answer.arrayBuffer()));
        this.missing.delete(name);
      } catch (problem) {
        this.missing.add(name);
        console.error("clip left out", problem);
        return null;
      }
    }
    return this.buffers.get(name);
  }

  /** Resolves to the seconds of sound played, after the last clip has ended. */
  async say(clips, volume = 1) {
    const buffers = (await Promise.all(clips.map((name) => this.load(name)))).filter(Boolean);
    this.loudness.gain.value = volume;
    let at = this.context.currentTime + 0.05;
    let last = null;
    for (const buffer of buffers) {
      last = this.context.createBufferSource();
      last.buffer = buffer;
      last.connect(this.loudness);
      last.start(at);
      at += buffer.duration;
    }
    const seconds = at - this.context.currentTime;
    // the end event never comes if the sound device vanishes, so patience has a limit
    if (last) await Promise.race([new Promise((done) => last.addEventListener("ended", done)), pause(seconds * 1000 + 2_000)]);
    return last ? seconds : 0;
  }
}

/** Says readings one by one through a speaker for as long as it is audible. */
export class Announcer {
  constructor(speaker, report = () => undefined, now = () => Date.now()) {
    this.speaker = speaker;
    this.report = report;
    this.now = now;
    this.readings = new Readings();
    this.speaking = false;
  }

  announce(announcement) {
    if (this.readings.add({ ...announcement, heard: this.now() })) return this.work();
    return undefined;
  }

  async work() {
    if (this.speaking) return;
    this.speaking = true;
    try {
      while (this.readings.waiting > 0 && (await this.speaker.unlock())) await this.sayNext();
    } finally {
      this.speaking = false;
      this.report({ audible: this.speaker.audible });
    }
  }

  async sayNext() {
    const reading = this.readings.next();
    if (this.now() - reading.heard > STILL_WORTH_SAYING_MS && !this.speaker.audible) return;
    this.report({ audible: true, speaking: reading.seq });
    try {
      await this.speaker.say(reading.clips, reading.volume ?? 1);
      this.report({ audible: this.speaker.audible, spoken: reading.seq });
    } catch (problem) {
      console.error("announcement not spoken", problem);
    }
    await pause(GAP_MS);
  }
}

function pause(milliseconds) {
  return new Promise((done) => window.setTimeout(done, milliseconds));
}

/** `data-clips` is the folder of clips, `data-preload` names to fetch early; the element is the badge and its button. */
export default function start(element) {
  const speaker = new Speaker(element.dataset.clips);
  const tell = (state) => {
    element.hidden = state.audible;
    element.dataset.sound = state.audible ? "on" : "blocked";
    if (state.speaking !== undefined) element.dataset.speaking = String(state.speaking);
    if (state.spoken !== undefined) element.dataset.spoken = String(state.spoken);
    document.dispatchEvent(new CustomEvent("announcer:state", { detail: state }));
  };
  const announcer = new Announcer(speaker, tell);
  const hear = (event) => announcer.announce(event.detail);
  const unlock = async () => {
    tell({ audible: await speaker.unlock() });
    announcer.work();
  };
  document.addEventListener("live:announce", hear);
  const gestures = ["pointerdown", "keydown"];
  for (const gesture of gestures) document.addEventListener(gesture, unlock);
  speaker.context.addEventListener("statechange", () => tell({ audible: speaker.audible }));
  unlock();
  for (const name of (element.dataset.preload ?? "").split(/\s+/).filter(Boolean)) speaker.load(name);
  return () => {
    document.removeEventListener("live:announce", hear);
    for (const gesture of gestures) document.removeEventListener(gesture, unlock);
    speaker.context.close();
  };
}
