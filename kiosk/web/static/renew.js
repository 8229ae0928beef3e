// Fetches the page it stands on and takes a region from it: once after some time, or again and again.

import { morph } from "/display/static/morph.js";
import { startModules } from "/display/static/modules.js";

/** `data-after` seconds once, or `data-every` seconds for ever; `data-region` is what is taken from the new page. */
export default function start(element) {
  const { after, every, region } = element.dataset;
  let stopped = false;
  let timer = 0;
  const wait = (seconds) => {
    timer = window.setTimeout(run, Number(seconds) * 1_000);
  };
  const run = async () => {
    const done = await renew(region, () => stopped);
    if (!stopped && (every || !done)) wait(every ?? 3);
  };
  wait(after ?? every);
  return () => {
    stopped = true;
    window.clearTimeout(timer);
  };
}

async function renew(region, stopped) {
  try {
    const answer = await fetch(window.location.href, { cache: "no-store" });
    if (!answer.ok) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [old, fresh] = [document.querySelector(region), page.querySelector(region)];
    if (stopped() || !old || !fresh) return false;
    morph(old, fresh.innerHTML);
    startModules(old);
    return true;
  } catch {
    return false; // the next try may find the server again
  }
}
