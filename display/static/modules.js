// Starts the page's small modules by name, so that markup alone says what is alive and a broken one stops no other.

const running = new WeakMap();
const stops = new Map();

/** Start every `data-module` under `root` that is not running yet, and stop those whose element has gone. */
export async function startModules(root = document) {
  for (const [element, stop] of stops) {
    if (!element.isConnected) {
      stops.delete(element);
      attempt(element.dataset.module, stop);
    }
  }
  const found = [...root.querySelectorAll("[data-module]")];
  if (root instanceof Element && root.matches("[data-module]")) found.unshift(root);
  await Promise.all(found.map(startElement));
}

async function startElement(element) {
  for (const name of element.dataset.module.split(/\s+/)) {
    const names = running.get(element) ?? new Set();
    if (!name || names.has(name)) continue;
    running.set(element, names.add(name));
    try {
      const module = await import(address(name));
      const stop = module.default(element);
      if (typeof stop === "function") stops.set(element, stop);
    } catch (problem) {
      console.error(`module ${name} did not start`, problem);
    }
  }
}

// "name" lives beside this file; "/kiosk/static/name.js" is another package's module, given by its full path.
function address(name) {
  return name.startsWith("/") ? name : new URL(`./${name}.js`, import.meta.url).href;
}

function attempt(name, stop) {
  try {
    stop();
  } catch (problem) {
    console.error(`module ${name} did not stop`, problem);
  }
}

if (document.readyState === "loading") {
  document.addEventListener("DOMContentLoaded", () => startModules());
} else {
  startModules();
}
