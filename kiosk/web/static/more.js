// Says that there is more below, and goes there at a tap: an elder does not know that glass can be dragged.

/** Starts on a region that scrolls; `data-button` is the button that turns to its next part. */
export default function start(region) {
  const button = document.querySelector(region.dataset.button);
  if (!button) return undefined;
  const look = () => {
    button.hidden = region.scrollTop + region.clientHeight >= region.scrollHeight - 8;
  };
  const onClick = () => region.scrollBy({ top: region.clientHeight * 0.8 });
  const watching = new ResizeObserver(look);
  watching.observe(region);
  region.addEventListener("scroll", look, { passive: true });
  button.addEventListener("click", onClick);
  look();
  return () => {
    watching.disconnect();
    region.removeEventListener("scroll", look);
    button.removeEventListener("click", onClick);
  };
}
