// At the window: shows the papers of the ticket's matter only, and starts each notice with nothing ticked.

/** Starts on the panel; without a script every matter's list is there, each with its own buttons. */
export default function start(panel) {
  const which = panel.querySelector("[data-which]");
  const lists = [...panel.querySelectorAll("fieldset")];
  const show = () => {
    for (const list of lists) {
      list.hidden = list.dataset.matter !== which.value;
      list.disabled = list.hidden; // what nobody sees is not sent
    }
  };
  const toggled = (event) => {
    if (event.newState !== "open") return;
    for (const box of panel.querySelectorAll("[type=checkbox]")) box.checked = false;
    const matter = document.querySelector("[data-state]")?.dataset.matter ?? "";
    which.value = [...which.options].some((option) => option.value === matter) ? matter : "";
    show();
    (which.value ? panel.querySelector("fieldset:not([hidden]) [type=checkbox]") : which)?.focus();
  };
  which.parentElement.hidden = false;
  for (const list of lists) list.querySelector("legend").className = "visually-hidden"; // the choice above names it
  which.addEventListener("change", show);
  panel.addEventListener("toggle", toggled);
  show();
  return () => {
    which.removeEventListener("change", show);
    panel.removeEventListener("toggle", toggled);
  };
}
