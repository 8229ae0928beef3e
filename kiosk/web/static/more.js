// Says that there is more below, and goes there at a tap: an elder does not know that glass can be dragged.

/** Starts on a region that scrolls; `data-button` is the button that turns to its next part. */
export default function start(region) {
  const button = document.querySelector(region.dataset.button);
  if (!button) return undefined;
  const look = () => {
    button.hidden = region.scrollTop + region.clientHeight >= region.scrollHeight - 8;
  };
  // a list begins and ends with a whole row, also at its end: half a line of text at the edge looks like a fault
  const fit = () => {
    region.style.maxHeight = region.style.paddingBottom = "";
    region.scrollTop = 0;
    look();
    if (button.hidden || region.tagName !== "UL") return;
    const { top, height } = region.getBoundingClientRect();
    const rows = [...region.children].map((row) => row.getBoundingClientRect());
    const seen = rows.map((row) => row.bottom - top).findLast((end) => end <= height + 1);
    if (!seen) return;
    region.style.maxHeight = `${Math.ceil(seen)}px`;
    const most = region.scrollHeight - region.clientHeight;
    const first = rows.map((row) => row.top - top).find((start) => start >= most);
    region.style.paddingBottom = `${first - most}px`;
  };
  const onClick = () => region.scrollBy({ top: region.clientHeight * 0.8 });
  const watching = new ResizeObserver(look);
  watching.observe(region);
  region.addEventListener("scroll", look, { passive: true });
  window.addEventListener("resize", fit);
  button.addEventListener("click", onClick);
  fit();
  return () => {
    watching.disconnect();
    region.removeEventListener("scroll", look);
    window.removeEventListener("resize", fit);
    button.removeEventListener("click", onClick);
  };
}
