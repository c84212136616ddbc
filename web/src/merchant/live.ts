import { atPlace } from "../api";

// What the console shows stays as it is now: the till says over a WebSocket which
// parts have changed, and those are asked for. Without the socket all are, now
// and then.

const seldom = 60_000; // ms between looks at everything while the socket is open: the day ends, a gate falls silent
const often = 5_000; // ms between looks without it
const shortest = 1_000; // ms until it is opened again
const longest = 30_000;

/** Keeps the parts as they are now, until it is stopped. */
export function watchParts(parts: Record<string, () => Promise<void>>): () => void {
  let socket: WebSocket | null = null;
  let open = false;
  let tries = 0;
  let retry = 0;
  let poll = 0;
  let stopped = false;
  const address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/v1/merchant/events?${atPlace}`;

  const look = (names: string[]) => void Promise.all(names.map((name) => parts[name]?.()));
  const all = () => {
    clearTimeout(poll);
    if (stopped) return;
    look(Object.keys(parts));
    poll = setTimeout(all, open ? seldom : often);
  };
  const connect = () => {
    if (stopped) return;
    const s = (socket = new WebSocket(address));
    s.onopen = () => {
      if (s !== socket) return;
      open = true;
      tries = 0;
      document.body.dataset.live = "push";
      all(); // what changed before nobody has told
    };
    s.onmessage = (e) => {
      const m = JSON.parse(String(e.data)) as { type: string; parts?: string[] };
      if (m.type === "changed") look(m.parts ?? []);
    };
    s.onclose = () => {
      if (s !== socket) return;
      open = false;
      document.body.dataset.live = "poll";
      all();
      retry = setTimeout(connect, Math.min(longest, shortest * 2 ** tries++) * (0.75 + Math.random() / 2));
    };
  };
  const online = () => {
    if (open || stopped) return;
    clearTimeout(retry);
    socket?.close();
    connect();
  };
  addEventListener("online", online);
  all();
  connect();
  return () => {
    stopped = true;
    removeEventListener("online", online);
    clearTimeout(retry);
    clearTimeout(poll);
    const s = socket;
    socket = null;
    s?.close();
    delete document.body.dataset.live;
  };
}
