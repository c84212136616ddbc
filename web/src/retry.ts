/** Tries again with growing pauses, which differ a little so that not all come back at once. */
export class Retry {
  private tries = 0;
  private timer = 0;

  /** The first pause and the longest, in ms. */
  constructor(
    private readonly first: number,
    private readonly longest: number,
    private readonly again: () => void,
  ) {}

  /** Tries again after the next pause, in the place of what waits. */
  later(): void {
    this.stop();
    this.timer = setTimeout(this.again, Math.min(this.longest, this.first * 2 ** this.tries++) * (0.75 + Math.random() / 2));
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** It went well: the next pause is the first one again. */
  done(): void {
    this.stop();
    this.tries = 0;
  }
}

/** The address of a WebSocket of the till's. */
export const socketAddress = (path: string): string => `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
