// Lets the clerk's clocks run between two pictures, by the server's time: an office PC's own clock may be wrong.

/** Redraws every `data-clock-since` (running clock) and `data-minutes-since` (whole minutes) once a second. */
export class Ticking {
  constructor(live) {
    this.live = live;
    this.read();
    this.timer = window.setInterval(() => this.draw(), 1_000);
  }

  /** Take the server's time from a picture that has just come. */
  read() {
    const at = Date.parse(this.live.querySelector("[data-at]")?.dataset.at ?? "");
    this.ahead = Number.isNaN(at) ? null : at - performance.now();
  }

  stop() {
    window.clearInterval(this.timer);
  }

  draw() {
    if (this.ahead === null) return;
    const now = this.ahead + performance.now();
    for (const element of this.live.querySelectorAll("[data-clock-since]")) {
      write(element, clock(seconds(element.dataset.clockSince, now)));
    }
    for (const element of this.live.querySelectorAll("[data-minutes-since]")) {
      write(element, String(Math.floor(seconds(element.dataset.minutesSince, now) / 60)));
    }
  }
}

function seconds(since, now) {
  return Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
}

function clock(total) {
  const two = (part) => String(part).padStart(2, "0");
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor(total / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(total % 60)}` : `${minutes}:${two(total % 60)}`;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
