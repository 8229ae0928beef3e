// Turns the page of a list that is longer than its room: whole items only, at rest for eight seconds or more.

const TURN_EVERY_MS = 9_000;

/** Children of the element that do not fit are turned to in pages; `data-page` says where we are, as "1/2". */
export default function start(element) {
  let page = 0;
  let newest = element.firstElementChild;
  const lay = () => {
    const items = [...element.children];
    for (const item of items) item.hidden = false;
    const pages = divide(element, items);
    page = pages.length > 0 ? page % pages.length : 0;
    items.forEach((item) => (item.hidden = !(pages[page] ?? []).includes(item)));
    if (pages.length > 1) element.dataset.page = `${page + 1}/${pages.length}`;
    else delete element.dataset.page;
  };
  const turn = () => {
    page += 1;
    lay();
  };
  const room = new ResizeObserver(lay);
  room.observe(element);
  const follow = () => {
    if (element.firstElementChild !== newest) page = 0; // what has just come is on the first page
    newest = element.firstElementChild;
    lay();
  };
  document.addEventListener("live:state", follow);
  const turning = window.setInterval(turn, TURN_EVERY_MS);
  lay();
  return () => {
    room.disconnect();
    document.removeEventListener("live:state", follow);
    window.clearInterval(turning);
  };
}

// Pages are cut where an item's lower edge would leave the element; hidden items above make room for those below.
function divide(element, items) {
  const pages = [];
  let rest = items;
  while (rest.length > 0) {
    const bottom = element.getBoundingClientRect().bottom + 1;
    const fitting = rest.filter((item) => item.getBoundingClientRect().bottom <= bottom);
    const taken = fitting.length > 0 ? fitting : rest.slice(0, 1);
    pages.push(taken);
    for (const item of taken) item.hidden = true;
    rest = rest.filter((item) => !taken.includes(item));
  }
  return pages;
}
