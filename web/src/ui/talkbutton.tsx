import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import { level } from "../mic";
import { mayTalk, phase, press, release, toggle } from "../talk";
import { Icon, type IconName } from "./icons";

const icons: Record<string, IconName> = { idle: "mic", opening: "mic", listening: "wave", thinking: "mic", speaking: "sound" };

export function TalkButton() {
  const button = useRef<HTMLButtonElement>(null);
  const held = useRef(false);
  useSignalEffect(() => button.current?.style.setProperty("--level", level.value.toFixed(2)));

  const down = (e: PointerEvent) => {
    if (e.button !== 0) return;
    button.current!.setPointerCapture(e.pointerId);
    held.current = true;
    press();
  };
  // Up, cancelled or taken away: the pointer's capture ends in every case.
  const up = () => {
    if (held.current) release();
    held.current = false;
  };
  useEffect(() => {
    addEventListener("blur", up);
    return () => removeEventListener("blur", up);
  }, []);
  // A click without a pointer comes from a screen reader or a script.
  const click = (e: MouseEvent) => e.detail === 0 && !(e as PointerEvent).pointerType && toggle();

  return (
    <button
      ref={button}
      type="button"
      class={`talk ${phase.value}`}
      disabled={!mayTalk.value}
      aria-label={t(`talk.${phase.value}`)}
      aria-pressed={phase.value === "listening"}
      onPointerDown={down}
      onLostPointerCapture={up}
      onClick={click}
      onContextMenu={(e) => e.preventDefault()}
    >
      <span class="talk-ring" />
      <span class="talk-face">
        <Icon name={icons[phase.value] ?? "mic"} size={34} />
      </span>
    </button>
  );
}
