// The hall's voice: one call at a time from recorded clips, every call spoken once before any call is repeated.

const MOST_WAITING = 8;
const GAP_MS = 500;
const STILL_WORTH_SAYING_MS = 60_000;
const AUDIBLE = 0.005; // of full scale; a clip that is only silence stays below
const SELF_TEST = ["chime"];

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
    const call = `${announcement.seq} ${announcement.text}`; // a hall restored from a backup counts some numbers twice
    if (this.known.has(call)) return false;
    this.known.add(call);
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
    this.ear = context.createAnalyser();
    this.loudness.connect(this.ear);
    this.ear.connect(context.destination);
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

  /** Resolves, after the last clip has ended, to the loudest sample that went out: 0 means that nobody heard a thing. */
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
    if (!last) return 0;
    let peak = 0;
    const listening = window.setInterval(() => (peak = Math.max(peak, this.hear())), 10);
    const patience = (at - this.context.currentTime) * 1000 + 2_000; // the end never comes if the sound device vanishes
    await Promise.race([new Promise((done) => last.addEventListener("ended", done)), pause(patience)]);
    window.clearInterval(listening);
    return peak;
  }

  hear() {
    const samples = new Float32Array(this.ear.fftSize);
    this.ear.getFloatTimeDomainData(samples);
    return samples.reduce((loudest, sample) => Math.max(loudest, Math.abs(sample)), 0);
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
      this.readings.first.forEach((reading) => (reading.blocked = true)); // still here only if sound is refused
    } finally {
      this.speaking = false;
      this.tell(this.speaker.audible ? undefined : "blocked");
    }
    // the sound was opened by a touch while it was being tried: find out whether it is heard now
    if (this.speaker.audible && this.sound === "blocked") await this.test();
  }

  /** Plays the chime softly and tells whether sound really came of it. */
  async test() {
    if (this.speaking) return;
    this.speaking = true;
    try {
      if (await this.speaker.unlock()) this.tell((await this.speaker.say(SELF_TEST, 0.3)) >= AUDIBLE ? "on" : "silent");
      else this.tell("blocked");
    } finally {
      this.speaking = false;
    }
    await this.work();
  }

  tell(sound, more = {}) {
    this.sound = sound ?? this.sound;
    this.report({ ...(sound && { sound }), ...more });
  }

  async sayNext() {
    const reading = this.readings.next();
    if (this.now() - reading.heard > STILL_WORTH_SAYING_MS && reading.blocked) return; // an old call would only confuse
    this.tell(undefined, { speaking: reading.seq });
    try {
      const peak = await this.speaker.say(reading.clips, reading.volume ?? 1);
      this.tell(peak >= AUDIBLE ? "on" : "silent", { spoken: reading.seq });
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
    if (state.sound !== undefined) {
      element.hidden = state.sound === "on";
      element.dataset.sound = state.sound;
    }
    element.dataset.missing = [...speaker.missing].join(" ");
    if (state.speaking !== undefined) element.dataset.speaking = String(state.speaking);
    if (state.spoken !== undefined) element.dataset.spoken = String(state.spoken);
    document.dispatchEvent(new CustomEvent("announcer:state", { detail: state }));
  };
  const announcer = new Announcer(speaker, tell);
  const hear = (event) => announcer.announce(event.detail);
  // a touch opens the sound; what has been heard to work is not tested again
  const unlock = () => {
    speaker.unlock();
    if (announcer.sound !== "on") announcer.test();
  };
  document.addEventListener("live:announce", hear);
  const gestures = ["pointerdown", "keydown"];
  for (const gesture of gestures) document.addEventListener(gesture, unlock);
  speaker.context.addEventListener("statechange", () => {
    if (!speaker.audible) announcer.tell("blocked");
    else if (announcer.sound === "blocked") announcer.test();
  });
  announcer.test();
  for (const name of (element.dataset.preload ?? "").split(/\s+/).filter(Boolean)) speaker.load(name);
  return () => {
    document.removeEventListener("live:announce", hear);
    for (const gesture of gestures) document.removeEventListener(gesture, unlock);
    speaker.context.close();
  };
}
