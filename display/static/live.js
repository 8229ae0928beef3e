// A region that always shows the server's newest whole state, and says honestly how old it is when the server is away.

import { morph } from "./morph.js";
import { load, startModules } from "./modules.js";

const SOCKET_LIBRARY = "./vendor/socket.io-client@4.8.4/socket.io.esm.min.js";
const STALE_AFTER_MS = 10_000;
const POLL_EVERY_MS = 3_000;

/**
 * Keeps the last whole state by sequence number: an older or doubled one is dropped, and after a reconnect the first
 * one counts whatever its number, because a server restored from a backup counts from an older one.
 */
export class Picture {
  constructor(root, seq = -1) {
    this.root = root;
    this.seq = seq;
    this.fresh = false;
  }

  reconnected() {
    this.fresh = true;
  }

  show({ seq, html }) {
    if (seq < this.seq && !this.fresh) return false;
    const changed = seq !== this.seq || this.fresh || html !== this.html; // paper moves without an event
    this.fresh = false;
    this.seq = seq;
    this.html = html;
    this.root.dataset.seq = String(seq);
    if (changed) {
      morph(this.root, html);
      startModules(this.root);
      this.root.dispatchEvent(new CustomEvent("live:state", { bubbles: true, detail: { seq } }));
    }
    return changed;
  }
}

/** Knows when the server was last heard and shows the band `#stale` (or `data-band`) once that is too long ago. */
export class Heartbeat {
  constructor(band, now = () => performance.now()) {
    this.band = band;
    this.now = now;
    this.heard();
  }

  heard() {
    this.last = this.now();
    this.wall = new Date(Date.now());
    if (this.band) this.band.hidden = true;
  }

  check() {
    const stale = this.now() - this.last >= STALE_AFTER_MS;
    if (stale && this.band && this.band.hidden) {
      const time = this.band.querySelector("[data-time]");
      if (time) time.textContent = clockText(this.wall);
      this.band.hidden = false;
    }
    return stale;
  }
}

function clockText(date) {
  return [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
}

function listen(root, socket, picture, heartbeat) {
  socket.on("connect", () => {
    picture.reconnected();
    heartbeat.heard();
    root.dataset.link = "up";
    root.dispatchEvent(new CustomEvent("live:connected", { bubbles: true }));
  });
  socket.on("state", (state) => {
    heartbeat.heard();
    picture.show(state);
  });
  socket.io.on("ping", () => heartbeat.heard());
  for (const name of (root.dataset.events ?? "").split(/\s+/).filter(Boolean)) {
    socket.on(name, (detail) => {
      heartbeat.heard();
      root.dispatchEvent(new CustomEvent(`live:${name}`, { bubbles: true, detail }));
    });
  }
}

async function connect(root, picture, heartbeat) {
  const { io } = await load(new URL(SOCKET_LIBRARY, import.meta.url).href);
  const socket = io(root.dataset.namespace, {
    transports: ["websocket"],
    auth: { room: root.dataset.room, version: root.dataset.version ?? "" },
    reconnectionDelay: 500,
    reconnectionDelayMax: 3_000, // with the jitter below at most 4.5 s
    randomizationFactor: 0.5,
    timeout: 4_000,
  });
  listen(root, socket, picture, heartbeat);
  // the manager does not retry after the server itself refused or ended the connection
  socket.on("disconnect", (reason) => {
    root.dataset.link = "down";
    if (reason === "io server disconnect") window.setTimeout(() => socket.connect(), 1_000 + Math.random() * 2_000);
  });
  socket.on("connect_error", () => {
    if (!socket.active) window.setTimeout(() => socket.connect(), 2_000 + Math.random() * 2_000);
  });
  return socket;
}

// What the server says now counts whatever its number, unless the socket has come back while it was asked.
async function poll(address, picture, heartbeat, superseded) {
  const answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(4_000) });
  if (!answer.ok) throw new Error(`state answered ${answer.status}`);
  const state = await answer.json();
  if (superseded()) return;
  heartbeat.heard();
  picture.reconnected();
  picture.show(state);
}

/** Start a live region; data-namespace, data-room, data-seq, data-events, data-fallback (address of the JSON state). */
export default function start(root) {
  const picture = new Picture(root, Number(root.dataset.seq ?? -1));
  const band = document.querySelector(root.dataset.band ?? "#stale");
  const heartbeat = new Heartbeat(band);
  let socket = null;
  connect(root, picture, heartbeat).then(
    (opened) => (socket = opened),
    (problem) => console.error("live updates without websocket", problem),
  );
  const checking = window.setInterval(() => heartbeat.check(), 500);
  const connected = () => Boolean(socket?.connected);
  let asking = false;
  const polling = window.setInterval(async () => {
    if (!root.dataset.fallback || connected() || asking) return;
    asking = true;
    await poll(root.dataset.fallback, picture, heartbeat, connected).catch(() => undefined); // the band tells the hall
    asking = false;
  }, POLL_EVERY_MS);
  return () => {
    window.clearInterval(checking);
    window.clearInterval(polling);
    socket?.disconnect();
  };
}
