// Reports every fifteen seconds how this screen is, and takes the server's time and version from the answer.

import { setHallTime } from "./halltime.js";

const REPORT_EVERY_MS = 15_000;

// What the announcer has written on its element; it may have started, and spoken, before this module did.
function voiceNow() {
  const announcer = document.querySelector("[data-module~=announcer]");
  if (!announcer) return { sound: "off", announced: null, missing: [] };
  const { sound = "unknown", spoken, missing = "" } = announcer.dataset;
  return { sound, announced: spoken === undefined ? null : Number(spoken), missing: missing.split(" ").filter(Boolean) };
}

/** `data-report` is the address; `data-token` goes along as proof that the page is ours; a new version is loaded. */
export default function start(element) {
  let offset = 0;
  let told = "";
  const listen = () => {
    const { sound, announced } = voiceNow();
    if (told !== `${sound} ${announced}`) report();
  };
  const report = async () => {
    const sent = Date.now();
    const voice = voiceNow();
    told = `${voice.sound} ${voice.announced}`;
    try {
      const answer = await fetch(element.dataset.report, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": element.dataset.token ?? "" },
        body: JSON.stringify({
          version: element.dataset.version ?? "",
          seq: Number(element.dataset.seq),
          clock_offset_ms: offset,
          ...voice,
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
