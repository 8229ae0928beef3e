// Waits for the hall's server and then goes to the screen whose address stands after the #.

const address = decodeURIComponent(window.location.hash.slice(1));

async function go() {
  try {
    // an opaque answer is enough: somebody is there
    await fetch(address, { mode: "no-cors", cache: "no-store", signal: AbortSignal.timeout(4_000) });
    window.location.replace(address);
  } catch {
    window.setTimeout(go, 2_000);
  }
}

if (/^https?:/.test(address)) go();
