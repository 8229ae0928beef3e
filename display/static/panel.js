// Gives the page its millimetres: sets the panel's pixels per millimetre, and a screen's distance, as custom properties.

/** `data-px-per-mm` and `data-distance-mm` on the element become properties of the page; nonsense is ignored. */
export default function start(element) {
  const set = (property, text) => {
    const value = Number(text);
    if (Number.isFinite(value) && value > 0) document.documentElement.style.setProperty(property, String(value));
  };
  set("--px-per-mm", element.dataset.pxPerMm);
  set("--distance-mm", element.dataset.distanceMm);
}
