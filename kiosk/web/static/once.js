// Sends a form once, however often it is tapped; where the answer never comes, it may be sent again after a while.

const AGAIN_AFTER_MS = 10_000;

/** Starts on a form; buttons elsewhere that name it by `form=` count, too. */
export default function start(form) {
  let sent = -AGAIN_AFTER_MS;
  const onSubmit = (event) => {
    if (performance.now() - sent < AGAIN_AFTER_MS) event.preventDefault();
    else {
      sent = performance.now();
      if (event.submitter) event.submitter.dataset.sent = ""; // seen at once, however long the server takes (E3)
    }
  };
  form.addEventListener("submit", onSubmit);
  return () => form.removeEventListener("submit", onSubmit);
}
