// Shows the papers of the chosen matter only; what nobody sees is not sent.

/** Starts on the box with one list for each matter; without a script all lists are there, each with its name. */
export default function start(box) {
  const which = box.closest("form").elements[box.dataset.select];
  const lists = [...box.querySelectorAll("fieldset")];
  const show = () => {
    for (const list of lists) list.disabled = list.hidden = list.dataset.matter !== which.value;
  };
  for (const list of lists) list.querySelector("legend").className = "visually-hidden"; // the choice above names it
  which.addEventListener("change", show);
  show();
  return () => which.removeEventListener("change", show);
}
