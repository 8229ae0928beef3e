// The on-screen keyboard: letters become Chinese words chosen by touch, from a table that lists the hall's words first.

export const PAGE = 8;

/** The words of the table as `{word, syllables, whole, initials}`, in its order. */
export function parse(table) {
  const lines = table.split("\n").filter((line) => line && !line.startsWith("#"));
  return lines.map((line) => {
    const [word, ...syllables] = line.split(" ");
    return { word, syllables, whole: syllables.join(""), initials: syllables.map((one) => one[0]).join("") };
  });
}

/** What the letters may mean, best first: `{word, used}` with how many letters the word uses up. */
export function candidates(words, letters) {
  if (!letters) return [];
  const found = [];
  words.forEach((one, place) => {
    if (one.whole[0] !== letters[0]) return;
    const rank = rankOf(one, letters);
    if (rank < 0) return;
    const used = rank < PART ? letters.length : one.whole.length;
    found.push({ word: one.word, used, rank, place });
  });
  found.sort((a, b) => a.rank - b.rank || (a.rank === PART ? b.used - a.used : 0) || a.place - b.place);
  const seen = new Set();
  return found.filter(({ word }) => !seen.has(word) && seen.add(word));
}

const PART = 4;

// whole pinyin, initials, beginning of the pinyin, beginnings of the syllables; or a word that uses a part of them
function rankOf(one, letters) {
  if (one.whole === letters) return 0;
  if (one.initials === letters && letters.length > 1) return 1;
  if (one.whole.startsWith(letters)) return 2;
  if (letters.startsWith(one.whole)) return PART;
  return begins(one.syllables, letters) ? 3 : -1;
}

function begins([syllable, ...rest], letters) {
  if (!letters) return true;
  if (syllable === undefined) return false;
  for (let length = Math.min(syllable.length, letters.length); length > 0; length -= 1) {
    if (letters.startsWith(syllable.slice(0, length)) && begins(rest, letters.slice(length))) return true;
  }
  return false;
}

/** Starts on the form; `data-words` is the table's address, `data-language` en types letters as they are. */
export default function start(form) {
  const text = form.elements.namedItem("about");
  const shown = form.querySelector("[data-letters]");
  const choices = form.querySelector("[data-choices]");
  const count = form.querySelector("[data-count]");
  let words = [];
  let letters = "";
  let first = 0;
  let chinese = form.dataset.language !== "en";
  fetch(form.dataset.words)
    .then((answer) => answer.text())
    .then((table) => {
      words = parse(table);
      draw();
    });
  const put = (added) => {
    text.value = [...(text.value + added)].slice(0, text.maxLength).join("");
  };
  const draw = () => {
    const found = candidates(words, letters);
    if (first >= found.length) first = 0;
    const page = found.slice(first, first + PAGE);
    choices.replaceChildren(...page.map(choiceOf));
    shown.textContent = letters;
    count.textContent = `${[...text.value].length} / ${text.maxLength}`;
    form.dataset.more = String(found.length > PAGE);
    form.dataset.mode = chinese ? "zh" : "en";
    text.scrollTop = text.scrollHeight;
  };
  const keys = {
    delete: () => {
      if (letters) letters = letters.slice(0, -1);
      else text.value = [...text.value].slice(0, -1).join("");
    },
    more: () => {
      first += PAGE;
    },
    language: () => {
      chinese = !chinese;
      letters = "";
    },
  };
  const onClick = (event) => {
    const button = event.target.closest("button[type=button]");
    if (!button) return;
    const { key, word, used } = button.dataset;
    if (key !== "more") first = 0;
    if (word) {
      put(word);
      letters = letters.slice(Number(used));
    } else if (key in keys) keys[key]();
    else if (/^[a-z]$/.test(key) && chinese) letters = (letters + key).slice(0, 40);
    else put(key);
    draw();
  };
  form.addEventListener("click", onClick);
  text.addEventListener("input", draw);
  draw();
  return () => {
    form.removeEventListener("click", onClick);
    text.removeEventListener("input", draw);
  };
}

function choiceOf({ word, used }) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "word", textContent: word });
  Object.assign(button.dataset, { word, used });
  return button;
}
