import { newID } from "./ids";
import { signal } from "@preact/signals";
import type { Outbox } from "./outbox";
import type { FromServer, Request } from "./protocol";
import { Retry } from "./retry";

export type LinkState = "idle" | "connecting" | "open" | "waiting";

const quiet = 15_000; // ms without a message after which the till is asked whether it is there
const quietAfterRequest = 2_000; // ms, where an answer is awaited
const pongWithin = 6_000; // ms; more than a poor network takes
const openWithin = 10_000; // ms from dialling to the welcome
const longestWait = 8_000; // ms between two tries
const slept = 20_000; // ms out of sight after which a socket is not trusted

/**
 * Link is one conversation's WebSocket. It reconnects with growing pauses,
 * resumes the conversation, and sends again what was not answered, under the
 * same id, so that nothing is lost or done twice.
 */
export class Link {
  readonly state = signal<LinkState>("idle");
  /** Whether the connection was lost, or never came, until it is there again. */
  readonly away = signal(false);
  readonly waiting = signal(0);
  /** Whether the device has a network at all, as far as it knows. */
  readonly online = signal(navigator.onLine);
  /** What was asked and is not answered yet. */
  readonly unsent = signal<Request[]>([]);
  private socket: WebSocket | null = null;
  private unanswered: Map<string, Request>;
  private hiddenAt = Date.now();
  private welcomed = false;
  private readonly retry = new Retry(300, longestWait, () => this.open());
  private watchdog = 0; // ends what is silent for too long
  private asked = false; // a pong is awaited

  constructor(
    private readonly address: () => string,
    private readonly hello: () => object,
    private readonly onMessage: (m: FromServer) => void,
    /** Asked when a socket closed before its welcome: true ends the tries. */
    private readonly isRefused: () => Promise<boolean>,
    private readonly outbox: Outbox,
    private readonly resume: () => string,
  ) {
    this.unanswered = outbox.load();
    this.count();
    addEventListener("online", () => {
      this.online.value = true;
      this.reconnectNow();
    });
    addEventListener("offline", () => {
      this.online.value = false;
      if (this.socket) void this.closed(this.socket);
    });
    document.addEventListener("visibilitychange", () => this.seen(!document.hidden));
  }

  private seen(visible: boolean): void {
    if (!visible) this.hiddenAt = Date.now();
    else if (this.state.value === "open" && Date.now() - this.hiddenAt > slept) this.restart();
    else this.reconnectNow();
  }

  open(): void {
    if (this.socket) return;
    this.retry.stop();
    this.state.value = "connecting";
    const socket = new WebSocket(this.address());
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.watchdog = setTimeout(() => void this.closed(socket), openWithin);
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello", ...this.hello() }));
    socket.onmessage = (e) => this.receive(socket, String(e.data));
    socket.onclose = () => void this.closed(socket);
  }

  /** Says hello anew on a fresh socket, for example in another language. */
  restart(): void {
    if (this.state.value === "idle") return;
    this.drop();
    this.open();
  }

  /** Ends the link until the next open, and forgets what was not answered. */
  close(): void {
    this.drop();
    this.unanswered.clear();
    this.keep();
    this.state.value = "idle";
    this.away.value = false;
  }

  request(r: Request): string {
    const id = newID();
    this.unanswered.set(id, r);
    this.keep();
    if (this.welcomed) this.transmit(id, r);
    else this.open();
    return id;
  }

  /** Sends what is worthless later: sound, and its end. False: not sent. */
  now(message: ArrayBuffer | object): boolean {
    if (!this.welcomed || this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(message instanceof ArrayBuffer ? message : JSON.stringify(message));
    return true;
  }

  private transmit(id: string, r: Request): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.socket.send(JSON.stringify({ id, ...r }));
    if (!this.asked) this.watch(this.socket);
  }

  /** Asks after a silence whether the till is there: a network may swallow everything without ending a connection. */
  private watch(socket: WebSocket): void {
    clearTimeout(this.watchdog);
    this.asked = false;
    this.watchdog = setTimeout(() => {
      this.asked = true;
      socket.send(JSON.stringify({ type: "ping" }));
      this.watchdog = setTimeout(() => void this.closed(socket), pongWithin);
    }, this.unanswered.size ? quietAfterRequest : quiet);
  }

  private receive(socket: WebSocket, data: string): void {
    if (socket !== this.socket) return;
    const m = JSON.parse(data) as FromServer;
    if (this.welcomed || m.type === "welcome") this.watch(socket);
    if (m.type === "pong") return;
    if (m.type === "welcome") {
      this.welcomed = true;
      this.away.value = false;
      this.retry.done();
      this.state.value = "open";
      if (!this.outbox.fits(m.resume)) this.unanswered.clear();
      this.onMessage(m);
      this.keep();
      for (const [id, r] of this.unanswered) this.transmit(id, r);
      return;
    }
    if ("id" in m && m.id && this.unanswered.delete(m.id)) this.keep();
    this.onMessage(m);
  }

  private async closed(socket: WebSocket): Promise<void> {
    if (socket !== this.socket) return;
    const early = !this.welcomed;
    this.drop();
    this.state.value = "waiting";
    this.away.value = true;
    if (early && (await this.isRefused())) {
      this.state.value = "idle";
      this.away.value = false;
      return;
    }
    if (this.socket) return;
    this.retry.later();
  }

  private reconnectNow(): void {
    if (this.state.value === "waiting") this.open();
  }

  private drop(): void {
    this.retry.stop();
    clearTimeout(this.watchdog);
    this.asked = false;
    const old = this.socket;
    this.socket = null;
    this.welcomed = false;
    old?.close();
  }

  private keep(): void {
    this.outbox.save(this.unanswered, this.resume());
    this.count();
  }

  private count(): void {
    this.waiting.value = this.unanswered.size;
    this.unsent.value = [...this.unanswered.values()];
  }
}
