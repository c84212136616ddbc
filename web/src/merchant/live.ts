import { atPlace } from "../api";
import { Retry, socketAddress } from "../retry";

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
  let poll = 0;

  const look = (names: string[]) => void Promise.all(names.map((name) => parts[name]?.()));
  const all = () => {
    clearTimeout(poll);
    look(Object.keys(parts));
    poll = setTimeout(all, open ? seldom : often);
  };
  const turn = (live: boolean) => {
    open = live;
    document.body.dataset.live = live ? "push" : "poll";
    all(); // what changed before nobody has told
  };
  const connect = () => {
    drop();
    const s = (socket = new WebSocket(socketAddress(`/v1/merchant/events?${atPlace}`)));
    s.onopen = () => {
      retry.done();
      turn(true);
    };
    s.onmessage = (e) => {
      const m = JSON.parse(String(e.data)) as { type: string; parts?: string[] };
      if (m.type === "changed") look(m.parts ?? []);
    };
    s.onclose = () => {
      turn(false);
      retry.later();
    };
  };
  const retry = new Retry(shortest, longest, connect);
  const drop = () => {
    retry.stop();
    if (socket) socket.onopen = socket.onmessage = socket.onclose = null; // nobody listens to it any more
    socket?.close();
    socket = null;
  };
  const online = () => {
    if (!open) connect();
  };
  addEventListener("online", online);
  all();
  connect();
  return () => {
    removeEventListener("online", online);
    clearTimeout(poll);
    drop();
    delete document.body.dataset.live;
  };
}
