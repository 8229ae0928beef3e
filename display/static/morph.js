// Turns one tree into another by touching only what differs: focus, typed text and running fades survive an update.

/** Make the children of `target` equal to `html`; afterwards `target.innerHTML` is the given picture. */
export function morph(target, html) {
  const wanted = document.createElement("template");
  wanted.innerHTML = html;
  morphChildren(target, wanted.content);
}

function morphChildren(target, wanted) {
  let present = target.firstChild;
  for (const next of [...wanted.childNodes]) {
    const match = findMatch(present, next);
    if (!match) {
      target.insertBefore(next, present);
      continue;
    }
    while (present !== match) present = remove(present);
    present = match.nextSibling;
    morphNode(match, next);
  }
  while (present) present = remove(present);
}

function remove(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

// A keyed element only ever becomes itself; an unkeyed node takes the next of its kind.
function findMatch(from, wanted) {
  for (let node = from; node; node = node.nextSibling) {
    if (sameKind(node, wanted)) return node;
    if (keyOf(wanted) === "") return null;
  }
  return null;
}

function sameKind(node, wanted) {
  return node.nodeType === wanted.nodeType && node.nodeName === wanted.nodeName && keyOf(node) === keyOf(wanted);
}

function keyOf(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node.id || node.dataset.key || "" : "";
}

function morphNode(node, wanted) {
  if (node.nodeType !== Node.ELEMENT_NODE) {
    if (node.nodeValue !== wanted.nodeValue) node.nodeValue = wanted.nodeValue;
    return;
  }
  for (const { name } of [...node.attributes]) if (!wanted.hasAttribute(name)) node.removeAttribute(name);
  for (const { name, value } of wanted.attributes) if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  morphChildren(node, wanted);
}
