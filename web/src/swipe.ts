import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

const slop = 12; // px that a finger may stray before it swipes
const enough = 0.38; // of the width

/**
 * Calls away when a finger or pen drags the element far enough towards its
 * start; its --swipe tells the way so far in px. Scrolling stays as it is:
 * the element's CSS needs touch-action: pan-y.
 */
export function useSwipe(ref: RefObject<HTMLElement | null>, away: () => void): void {
  useEffect(() => {
    const e = ref.current!;
    let from = 0;
    let way = 0;
    let pointer = -1;
    const rest = () => {
      pointer = -1;
      way = 0;
      e.classList.remove("swiping", "enough");
      e.style.removeProperty("--swipe");
    };
    const down = (p: PointerEvent) => {
      if (p.pointerType === "mouse" || pointer >= 0) return;
      pointer = p.pointerId;
      from = p.clientX;
    };
    const move = (p: PointerEvent) => {
      if (p.pointerId !== pointer) return;
      way = Math.min(0, p.clientX - from);
      if (way > -slop && !e.classList.contains("swiping")) return;
      if (!e.classList.contains("swiping")) e.setPointerCapture(pointer);
      e.classList.add("swiping");
      e.classList.toggle("enough", -way > e.clientWidth * enough);
      e.style.setProperty("--swipe", `${way}px`);
    };
    const up = (p: PointerEvent) => {
      if (p.type === "lostpointercapture" && p.target !== e) return; // a child's, which e has taken over
      if (p.pointerId !== pointer) return;
      const gone = e.classList.contains("enough") && p.type === "pointerup";
      rest();
      if (gone) away();
    };
    const ends = ["pointerup", "pointercancel", "lostpointercapture"] as const;
    e.addEventListener("pointerdown", down);
    e.addEventListener("pointermove", move);
    for (const end of ends) e.addEventListener(end, up);
    return () => {
      e.removeEventListener("pointerdown", down);
      e.removeEventListener("pointermove", move);
      for (const end of ends) e.removeEventListener(end, up);
    };
  }, [away]);
}
