// Reports every fifteen seconds how this screen is, and takes the server's time and version from the answer.

import { setHallTime } from "./halltime.js";

const REPORT_EVERY_MS = 15_000;

/** `data-report` is the address; `data-token` goes along as proof that the page is ours; a new version is loaded. */
export default function start(element) {
  const voice = { sound: document.querySelector("[data-module~=announcer]") ? "unknown" : "off", announced: null, missing: [] };
  let offset = 0;
  const listen = (event) => {
    const { sound, spoken, missing } = event.detail;
    const changed = sound !== undefined && sound !== voice.sound;
    if (sound !== undefined) voice.sound = sound;
    if (spoken !== undefined) voice.announced = spoken;
    if (missing !== undefined) voice.missing = missing;
    if (changed || spoken !== undefined) report();
  };
  const report = async () => {
    const sent = Date.now();
    try {
      const answer = await fetch(element.dataset.report, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": element.dataset.token ?? "" },
        body: JSON.stringify({
          version: element.dataset.version ?? "",
          seq: Number(element.dataset.seq),
          announced: voice.announced,
          sound: voice.sound,
          clock_offset_ms: offset,
          missing: voice.missing,
        }),
        signal: AbortSignal.timeout(5_000),
      });
      if (!answer.ok) return;
      const { at, version } = await answer.json();
      setHallTime(at);
      offset = Math.round((sent + Date.now()) / 2 - Date.parse(at));
      // the page in the TV is older than the server: fetch the new one while the server is there
      if (version && element.dataset.version && version !== element.dataset.version) window.location.reload();
    } catch {
      // away: the band says so, and silence itself is the report
    }
  };
  document.addEventListener("announcer:state", listen);
  const reporting = window.setInterval(report, REPORT_EVERY_MS);
  report();
  return () => {
    window.clearInterval(reporting);
    document.removeEventListener("announcer:state", listen);
  };
}
