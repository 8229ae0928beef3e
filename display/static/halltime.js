// The server's time on this screen: what the server said last, carried on by a clock nobody can set.

let reading = null;

/** Take over the server's ISO time, which carries the hall's own offset from UTC; nonsense is ignored. */
export function setHallTime(text) {
  const epoch = Date.parse(text ?? "");
  const zone = /([+-])(\d\d):(\d\d)$/.exec(text ?? "");
  if (Number.isNaN(epoch)) return;
  const minutes = zone ? (zone[1] === "-" ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3])) : 0;
  reading = { epoch, zone: minutes * 60_000, since: performance.now() };
}

/** Milliseconds since 1970 by the server's clock; by this machine's own where the server has not been heard. */
export function hallNow() {
  return reading ? reading.epoch + (performance.now() - reading.since) : Date.now();
}

/** A Date whose UTC fields are the hall's wall clock. */
export function hallWall() {
  const zone = reading ? reading.zone : -new Date().getTimezoneOffset() * 60_000;
  return new Date(hallNow() + zone);
}
