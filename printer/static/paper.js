// Looks for new slips every second, and does nothing while the page is hidden.
const roll = document.querySelector('[data-module="roll"]');
let shown = "";

async function look() {
  try {
    const answer = await fetch(roll.dataset.source, { headers: { Accept: "text/html" } });
    const html = answer.ok ? await answer.text() : shown;
    if (html !== shown) {
      shown = html;
      roll.innerHTML = html;
    }
  } catch {
    // The server is away; the paper that is out stays out.
  }
}

if (roll) {
  setInterval(() => document.hidden || look(), 1000);
}
