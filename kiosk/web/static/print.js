// Prints the page on whatever printer the desk has; a browser without one says so itself.

/** Starts on a button. */
export default function start(button) {
  const onClick = () => window.print();
  button.addEventListener("click", onClick);
  return () => button.removeEventListener("click", onClick);
}
