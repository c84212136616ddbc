import type { Signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { call } from "../api";
import { lang, t } from "../i18n";
import { aloud, contrast, noises, reach, speed, textSize, time, voiceName } from "../settings";
import { isKiosk, said, saidAudio } from "../till";
import { hush, ownVoices, speak } from "../voice";
import { Button } from "./button";
import { Sheet } from "./sheet";

/** The voices of the till itself; none where it has no voice or is not reached. */
function useTillVoices(): string[] {
  const [names, setNames] = useState<string[]>([]);
  useEffect(() => {
    call<{ voices: string[] }>("GET", `/v1/voices?lang=${lang.value}`).then((a) => setNames(a.voices), () => setNames([]));
  }, [lang.value]);
  return names;
}

function Choice({ title, name, of, values }: { title: string; name: string; of: Signal<string>; values: string[] }) {
  return (
    <fieldset class="setting" data-setting={name}>
      <legend>{title}</legend>
      {values.map((v) => (
        <Button class={`to-${v}`} pressed={of.value === v} onClick={() => (of.value = v)}>{t(`set.${name}.${v}`)}</Button>
      ))}
    </fieldset>
  );
}

/** How the till sounds and looks to this person. */
export function SettingsSheet({ onClose }: { onClose: () => void }) {
  const voices = [...ownVoices().map((v) => [`own:${v.name}`, v.name]), ...useTillVoices().map((n) => [`till:${n}`, t("set.voice.till", { name: n })])];
  const silent = aloud.value === "no";
  return (
    <Sheet title={t("set.title")} onClose={onClose}>
      <Choice title={t("set.aloud")} name="aloud" of={aloud} values={["yes", "no"]} />
      {!silent && <Choice title={t("set.speed")} name="speed" of={speed} values={["75", "100", "125", "150"]} />}
      {!silent && ( // also before the till has named its voices, so that nothing moves under the finger
        <label class="field">
          <span>{t("set.voice")}</span>
          <select id="voice" value={voiceName.value} onChange={(e) => (voiceName.value = e.currentTarget.value)}>
            <option value="">{t("set.voice.any")}</option>
            {voices.map(([value, name]) => <option value={value}>{name}</option>)}
          </select>
        </label>
      )}
      {!silent && <Button icon="sound" class="try-voice" onClick={() => sample()}>{t("set.try")}</Button>}
      <Choice title={t("set.noises")} name="noises" of={noises} values={["yes", "no"]} />
      <Choice title={t("set.text")} name="text" of={textSize} values={["100", "115", "130"]} />
      <Choice title={t("set.contrast")} name="contrast" of={contrast} values={["usual", "more"]} />
      {isKiosk && <Choice title={t("set.reach")} name="reach" of={reach} values={["usual", "low"]} />}
      {isKiosk && <Choice title={t("set.time")} name="time" of={time} values={["1", "2", "4"]} />}
    </Sheet>
  );
}

/** What the till said last, as it will sound from now on. */
function sample(): void {
  hush();
  speak(said.value, saidAudio.value, () => undefined);
}
