import { useEffect, useState } from "preact/hooks";
import { call } from "../api";

// Whether a receipt's exit pass still opens, as long as somebody looks at it.

export interface PassState {
  state: "opens" | "used" | "expired";
  /** The one that opens: staff may have made another. */
  pass?: string;
  at?: string;
  gate?: string;
}

const every = 2_000; // ms between two looks, while the page is seen
const patient = 5 * 60_000; // ms after which a look is due less often
const seldom = 10_000;

/** How the pass stands; null before the first answer. */
export function usePassState(token: string | undefined, pass: string): PassState | null {
  const [state, setState] = useState<PassState | null>(null);
  useEffect(() => {
    setState(null);
    if (!token || !pass) return;
    const since = Date.now();
    let timer = 0;
    let over = false;
    const next = () => {
      clearTimeout(timer);
      if (!over && !document.hidden) timer = setTimeout(() => void look(), Date.now() - since > patient ? seldom : every);
    };
    const look = async () => {
      clearTimeout(timer);
      const now = await call<PassState>("GET", `/v1/receipt/${encodeURIComponent(token)}/pass`).catch(() => null);
      if (over) return;
      if (now) setState(now);
      over = now !== null && now.state !== "opens";
      next();
    };
    const seen = () => !document.hidden && !over && void look();
    document.addEventListener("visibilitychange", seen);
    void look();
    return () => {
      over = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [token, pass]);
  return state;
}
