// Starts the page's small modules by name, so that markup alone says what is alive and a broken one stops no other.

const AGAIN_AFTER_MS = 3_000;
const running = new WeakMap();
const stops = new Map();

/** Start every `data-module` under `root` that is not running yet, and stop those whose element has gone. */
export async function startModules(root = document) {
  for (const [element, all] of stops) {
    if (!element.isConnected) {
      stops.delete(element);
      for (const stop of all) attempt(element.dataset.module, stop);
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
      const module = await load(address(name));
      if (!element.isConnected) continue;
      const stop = module.default(element);
      if (typeof stop === "function") stops.set(element, [...(stops.get(element) ?? []), stop]);
    } catch (problem) {
      console.error(`module ${name} did not start`, problem);
    }
  }
}

/**
 * Import a module; where the server is away, again and again until it is back. The address differs each time, because
 * a browser remembers that a module could not be fetched. What was fetched and is broken is not asked for again.
 */
export async function load(url) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await import(attempt === 0 ? url : `${url}?again=${attempt}`);
    } catch (problem) {
      if (!(problem instanceof TypeError) || !/fetch|load|import/i.test(problem.message)) throw problem;
      await new Promise((done) => window.setTimeout(done, AGAIN_AFTER_MS));
    }
  }
}

// "name" lives beside this file; "/touch/static/name.js" is another package's module, given by its full path.
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

async function begin() {
  await startModules();
  document.documentElement.dataset.alive = ""; // for whoever looks: from here on the page hears and counts
}

if (document.readyState === "loading") {
  document.addEventListener("DOMContentLoaded", begin);
} else {
  begin();
}
