// The hall's clock, by the server's time: a TV PC's own clock may be wrong and says nothing about the hall's zone.

/** Shows `hh:mm` and the date in the hall's zone; `data-at` is the server's ISO time; a `hall:time` event corrects it. */
export default function start(element) {
  const time = element.querySelector("[data-time]");
  const day = element.querySelector("[data-day]");
  let reading = read(element.dataset.at);
  const draw = () => {
    if (!reading) return;
    const local = new Date(reading.epoch + (performance.now() - reading.since) + reading.offset);
    const iso = local.toISOString();
    if (time && time.textContent !== iso.slice(11, 16)) time.textContent = iso.slice(11, 16);
    if (day) day.textContent = dayText(local);
  };
  const follow = (event) => {
    reading = read(event.detail.at) ?? reading;
    draw();
  };
  document.addEventListener("hall:time", follow);
  const ticking = window.setInterval(draw, 1_000);
  draw();
  return () => {
    window.clearInterval(ticking);
    document.removeEventListener("hall:time", follow);
  };
}

// "2026-11-22T09:30:00+08:00": the moment, and the zone's own offset as the server wrote it
function read(text) {
  const epoch = Date.parse(text ?? "");
  const zone = /([+-])(\d\d):(\d\d)$/.exec(text ?? "");
  if (Number.isNaN(epoch)) return null;
  const minutes = zone ? (zone[1] === "-" ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3])) : 0;
  return { epoch, offset: minutes * 60_000, since: performance.now() };
}

function dayText(local) {
  const format = { timeZone: "UTC", month: "long", day: "numeric", weekday: "long" };
  return new Intl.DateTimeFormat(document.documentElement.lang || "zh-CN", format).format(local);
}
