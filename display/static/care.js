// Takes care of the glass: moves the picture a little so that nothing burns in, and dims a hall long at rest.

const SHIFT_EVERY_MS = 120_000;
const DIM_AFTER_MS = 30 * 60_000;
// eight places around the middle, each at least five pixels from the one before
const PLACES = [[6, 0], [4, 5], [-1, 6], [-6, 2], [-6, -4], [-1, -6], [4, -5], [0, 0]];

/** Moves the page every two minutes; a page that has shown `.hush` for half an hour gets `data-dim`, until it wakes. */
export default function start(element) {
  const style = document.documentElement.style;
  let place = 0;
  const shift = () => {
    const [across, down] = PLACES[place];
    style.setProperty("--shift-x", `${across}px`);
    style.setProperty("--shift-y", `${down}px`);
    place = (place + 1) % PLACES.length;
  };
  let restingSince = null;
  const watch = () => {
    const resting = element.querySelector(".hush") !== null;
    if (!resting) restingSince = null;
    else restingSince ??= performance.now();
    element.toggleAttribute("data-dim", resting && performance.now() - restingSince >= DIM_AFTER_MS);
  };
  document.addEventListener("live:state", watch);
  const shifting = window.setInterval(shift, SHIFT_EVERY_MS);
  const watching = window.setInterval(watch, 10_000);
  watch();
  return () => {
    window.clearInterval(shifting);
    window.clearInterval(watching);
    document.removeEventListener("live:state", watch);
  };
}
