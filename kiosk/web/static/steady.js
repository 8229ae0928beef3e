// Keeps kiosk and pad from ever showing a browser's error page: asks whether the server is there before a page is left.

const ANSWER_WITHIN_MS = 2_500;
const TRY_AGAIN_MS = 2_000;

/**
 * Guards links, forms and `steady:go` (an address to open) of the page; `[data-away]` is shown while nobody answers,
 * afterwards `data-home` opens. Going on leaves no page behind that "back" could show to the next person. A page that
 * waits for the next person asks every `data-watch` seconds, so that nobody walks up to one that cannot help.
 */
export default function start(element) {
  const away = document.querySelector("[data-away]");
  let leaving = false;
  const tell = (gone) => {
    if (!away || away.hidden !== gone) return;
    away.hidden = !gone;
    if (gone) away.dispatchEvent(new CustomEvent("aloud:say", { bubbles: true }));
  };
  const leave = async (go) => {
    if (leaving) return;
    leaving = true;
    let waited = false;
    while (!(await answers())) {
      waited = true;
      tell(true);
      await new Promise((resolve) => window.setTimeout(resolve, TRY_AGAIN_MS));
    }
    if (away && waited) {
      window.location.replace(element.dataset.home); // what was asked a while ago is not done behind anybody's back
      return;
    }
    go();
  };
  const watch = async () => {
    const there = await answers(import.meta.url);
    if (!leaving) tell(!there);
  };
  if (element.dataset.watch) window.setInterval(watch, Number(element.dataset.watch) * 1_000);
  const onClick = (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented) return;
    event.preventDefault();
    leave(() => window.location.replace(link.href));
  };
  const onSubmit = (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    const form = event.target;
    const pressed = event.submitter;
    if (pressed) pressed.dataset.sent = ""; // the tap is seen at once, however long the server takes (E3)
    leave(() => send(form, pressed, element.dataset.home));
  };
  const onGo = (event) => {
    event.preventDefault();
    leave(() => window.location.replace(event.detail));
  };
  const onShow = (event) => {
    if (event.persisted) window.location.reload(); // a kept page would carry a spent key
  };
  element.addEventListener("click", onClick);
  element.addEventListener("submit", onSubmit);
  document.addEventListener("steady:go", onGo);
  window.addEventListener("pageshow", onShow);
}

// HEAD changes nothing and costs the server next to nothing
async function answers(address = window.location.href) {
  const patience = new AbortController();
  const timer = window.setTimeout(() => patience.abort(), ANSWER_WITHIN_MS);
  try {
    const answer = await fetch(address, { method: "HEAD", cache: "no-store", signal: patience.signal });
    return answer.status < 502;
  } catch {
    return false;
  } finally {
    window.clearTimeout(timer);
  }
}

function send(form, pressed, home) {
  if (form.method === "get") {
    const asked = new URLSearchParams(new FormData(form, pressed));
    window.location.replace(`${form.action.split("?")[0]}?${asked}`);
    return;
  }
  if (pressed?.name) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: pressed.name, value: pressed.value });
    form.append(field);
  }
  window.history.replaceState(null, "", home); // what a form sends opens as a new page: "back" leads to the first one
  HTMLFormElement.prototype.submit.call(form);
}

/** Opens a page as a guarded link would. */
export function open(address) {
  const unheard = document.dispatchEvent(new CustomEvent("steady:go", { cancelable: true, detail: address }));
  if (unheard) window.location.assign(address);
}
