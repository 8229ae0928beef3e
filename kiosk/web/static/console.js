// Gives the clerk's desk its speed: moves go out without leaving the page, one at a time, by mouse or by a single key.

import { startModules } from "/display/static/modules.js";
import { morph } from "/display/static/morph.js";
import { Ticking } from "./console_clocks.js";
import { Keys } from "./console_keys.js";

const SECOND_TAP_MS = 400; // a second tap within this time belongs to the first one
const PICTURE_AFTER_MS = 1_000; // without a push by then we fetch the new state ourselves

const sleep = (ms) => new Promise((done) => window.setTimeout(done, ms));

// A panel as it was left, with what was ticked and typed in it: what was refused can be mended.
class Left {
  constructor(panel) {
    this.panel = panel;
    this.fields = [...panel.querySelectorAll("input, select")].map((field) => [field, field.value, field.checked]);
  }

  get written() {
    return this.fields.some(([field, value, checked]) => checked || (field.type === "text" && value));
  }

  reopen(message) {
    const told = message.firstElementChild.cloneNode(true);
    const shown = () => {
      for (const [field, value, checked] of this.fields) {
        if (field.type === "checkbox") field.checked = checked;
        else field.value = value;
        field.dispatchEvent(new Event("change"));
      }
      this.panel.prepend(told);
      this.panel.addEventListener("toggle", () => told.remove(), { once: true });
    };
    this.panel.addEventListener("toggle", shown, { once: true }); // after those that start it afresh
    this.panel.showPopover();
  }
}

class Desk {
  constructor(root) {
    this.root = root;
    this.live = root.querySelector("[data-room]");
    this.message = root.querySelector("[data-message]");
    this.form = document.getElementById("move");
    this.title = document.title;
    this.pressed = null; // the control pressed last, and when
    this.pressedAt = 0;
    this.work = Promise.resolve(); // the moves on their way, in the order of the presses
    this.armed = ""; // the move that was asked to be confirmed
  }

  /** Tell in one line what came of it; `kind` is done, ask or refused. */
  tell(text, kind) {
    const note = this.root.querySelector(`template[data-note="${kind}"]`).content.cloneNode(true);
    note.querySelector("span").textContent = text;
    this.message.replaceChildren(note);
  }

  /** One move after the other; a second tap on the same control is the same wish. */
  press(button) {
    const soon = performance.now() - this.pressedAt < SECOND_TAP_MS;
    if (button === this.pressed && (soon || button.ariaBusy === "true")) return;
    this.pressed = button;
    this.pressedAt = performance.now();
    this.work = this.work.then(() => this.move(button));
  }

  async move(button) {
    if (button.disabled || !this.confirmed(button)) return; // at rest by now: the move before it has changed the desk
    button.ariaBusy = "true";
    await this.send(button);
    button.ariaBusy = null;
  }

  // A number that was called too few times is only marked missed when asked for twice.
  confirmed(button) {
    const question = button.dataset.confirm;
    const asked = question ? `${button.formAction} ${button.value} ${question}` : "";
    if (!question || this.armed === asked) {
      this.armed = "";
      return true;
    }
    this.armed = asked;
    this.tell(question, "ask");
    return false;
  }

  async send(button) {
    const body = new FormData(this.form);
    if (button.name) body.set(button.name, button.value);
    const left = [...document.querySelectorAll(".panel:popover-open")].map((panel) => new Left(panel));
    for (const { panel } of left) panel.hidePopover();
    const reopen = () => left.filter((one) => one.written).forEach((one) => one.reopen(this.message));
    try {
      const answer = await this.fetch(button.formAction, { method: "POST", body });
      const told = await answer.json();
      if (told.message !== "") this.tell(told.message ?? told.error, told.ok ? "done" : "refused");
      if (told.ok) await this.pictured(told.seq);
      else {
        await this.refresh(); // what was on the screen was not the truth any more
        const ticket = this.live.querySelector("[data-ticket]").dataset.ticket;
        if (ticket === body.get("ticket") || !button.closest("[data-own]")) reopen();
      }
    } catch (problem) {
      console.error("the move got no answer", problem);
      this.tell(this.root.dataset.away, "refused");
      reopen();
    }
  }

  async fetch(address, options = {}) {
    const token = this.form.elements.csrf_token.value;
    const headers = { Accept: "application/json", "X-CSRFToken": token };
    const answer = await fetch(address, { cache: "no-store", ...options, headers });
    if (answer.status === 401) window.location.reload(); // signed out meanwhile: the page asks to sign in
    return answer;
  }

  // The push normally brings the new state within a blink; a page without a socket fetches it.
  async pictured(seq) {
    const until = performance.now() + PICTURE_AFTER_MS;
    while (Number(this.live.dataset.seq) < seq && performance.now() < until) await sleep(30);
    if (Number(this.live.dataset.seq) < seq) await this.refresh();
  }

  async refresh() {
    const answer = await this.fetch(this.live.dataset.fallback);
    if (answer.status === 403) window.location.reload(); // not our window any more: the page shows where we are
    if (!answer.ok) return;
    const { seq, html } = await answer.json();
    if (seq < Number(this.live.dataset.seq)) return; // a push was faster
    this.live.dataset.seq = String(seq);
    morph(this.live, html);
    startModules(this.live);
    this.live.dispatchEvent(new CustomEvent("live:state", { bubbles: true, detail: { seq } }));
  }

  // What was typed for somebody else, and left, is no part of any other move.
  empty(panel) {
    for (const field of panel.querySelectorAll("input:not([type=checkbox]), select[name]"))
      field.value = field.name.endsWith("quantity") ? 1 : "";
  }

  // A panel that opens starts from what is at the window now.
  open(panel) {
    const now = this.live.querySelector("[data-state]").dataset;
    this.empty(panel);
    if (panel.id === "panel-finish") {
      panel.querySelector("[name=quantity]").value = now.quantity;
      const matter = panel.querySelector("[name=matter]");
      if ([...matter.options].some((option) => option.value === now.matter)) matter.value = now.matter;
    }
    if (!panel.contains(document.activeElement)) panel.querySelector("button")?.focus(); // so that its keys work at once
  }

  // A line of the queue was chosen: its panel tells which.
  choose(button) {
    this.form.querySelector("input[name=chosen]").value = button.dataset.choose;
    for (const place of document.querySelectorAll("[data-chosen]")) place.textContent = button.dataset.code;
  }

  // After every new state: a control that went away hands its focus to the ticket, never to nowhere.
  settle() {
    const focused = document.activeElement;
    if (focused?.disabled) document.getElementById("own-ticket")?.focus({ preventScroll: true });
    // a panel about the ticket here is about the one it was opened for: for another one the server refuses its moves
    if (!document.querySelector(".panel[data-own]:popover-open"))
      this.form.querySelector("input[name=ticket]").value = this.live.querySelector("[data-ticket]").dataset.ticket;
    const waiting = this.live.querySelector("[data-waiting]")?.dataset.waiting ?? "0";
    document.title = waiting === "0" ? this.title : `(${waiting}) ${this.title}`;
  }
}

/** Start the desk: `data-away` is the word for a server that does not answer. */
export default function start(root) {
  const desk = new Desk(root);
  const clocks = new Ticking(desk.live);
  const keys = new Keys(desk.live, document.querySelector("[data-keys]"));
  const submit = (event) => {
    event.preventDefault();
    if (event.submitter) desk.press(event.submitter);
  };
  const shown = () => {
    clocks.read();
    desk.settle();
  };
  // after the moves on their way, whose word the next page may bring; the band tells that the server is away
  const check = () => desk.work.then(() => desk.refresh()).catch(() => undefined);
  const click = (event) => {
    const line = event.target.closest("[data-choose]");
    if (line) desk.choose(line);
  };
  const toggled = (event) => {
    if (event.newState === "open") desk.open(event.target);
    else {
      desk.empty(event.target);
      desk.settle();
    }
  };
  // Enter in a field would press the desk's first button, which calls the next number
  const typed = (event) => {
    if (event.key === "Enter" && event.target.matches(".panel input")) event.preventDefault();
  };
  const panels = root.querySelectorAll(".panel");
  desk.form.addEventListener("submit", submit);
  root.addEventListener("click", click);
  root.addEventListener("keydown", typed);
  for (const panel of panels) panel.addEventListener("toggle", toggled);
  desk.live.addEventListener("live:state", shown);
  desk.live.addEventListener("live:reload", check);
  desk.settle();
  return () => {
    clocks.stop();
    keys.stop();
    desk.form.removeEventListener("submit", submit);
    root.removeEventListener("click", click);
    root.removeEventListener("keydown", typed);
    for (const panel of panels) panel.removeEventListener("toggle", toggled);
    desk.live.removeEventListener("live:state", shown);
    desk.live.removeEventListener("live:reload", check);
  };
}
