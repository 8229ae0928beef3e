// The hall's clock, by the server's time: a TV PC's own clock may be wrong and says nothing about the hall's zone.

import { hallWall, setHallTime } from "./halltime.js";

/** Shows the hall's `hh:mm` in `[data-time]` and its date in `[data-day]`; `data-at` is the server's ISO time. */
export default function start(element) {
  const time = element.querySelector("[data-time]");
  const day = element.querySelector("[data-day]");
  setHallTime(element.dataset.at);
  const draw = () => {
    const wall = hallWall();
    write(time, wall.toISOString().slice(11, 16));
    write(day, dayText(wall));
  };
  const ticking = window.setInterval(draw, 1_000);
  draw();
  return () => window.clearInterval(ticking);
}

function write(place, text) {
  if (place && place.textContent !== text) place.textContent = text;
}

function dayText(wall) {
  const format = { timeZone: "UTC", month: "long", day: "numeric", weekday: "long" };
  return new Intl.DateTimeFormat(document.documentElement.lang || "zh-CN", format).format(wall);
}
