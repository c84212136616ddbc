import type { Request } from "./protocol";

// What was asked while there was no connection, kept over a reload of the page.

const longest = 12 * 3_600_000; // ms that it may wait
const most = 100;

interface Kept {
  /** The conversation that it was asked in; another one never gets it. */
  resume: string;
  at: number; // ms
  requests: [string, Request][];
}

/** Outbox keeps requests by id. A password is never kept. */
export class Outbox {
  private resume = "";

  constructor(private readonly key: string) {}

  /** What waits from before, by id. */
  load(): Map<string, Request> {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key) ?? "null") as Kept | null;
      if (!kept || Date.now() - kept.at > longest) return new Map();
      this.resume = kept.resume;
      return new Map(kept.requests);
    } catch {
      return new Map();
    }
  }

  /** Whether what was loaded belongs to the conversation. */
  fits(resume: string): boolean {
    return !this.resume || this.resume === resume;
  }

  save(waiting: Map<string, Request>, resume: string): void {
    const requests = [...waiting].filter(([, r]) => r.type !== "prove").slice(-most);
    this.resume = resume;
    if (requests.length === 0) localStorage.removeItem(this.key);
    else localStorage.setItem(this.key, JSON.stringify({ resume, at: Date.now(), requests } satisfies Kept));
  }
}
