import { computed, signal } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import { type APIError, type Item, place, session, teachItem } from "../api";
import { t } from "../i18n";
import { fault, level, Mic } from "../mic";
import { play } from "../sounds";
import { shut } from "../talk";
import { hears, isKiosk } from "../till";
import { hush } from "../voice";
import { wav } from "../wav";
import { Button } from "./button";
import { FoundList, useItems } from "./found";
import { Keyboard } from "./keyboard";
import { Sheet } from "./sheet";

// Staff says the name of an item, and the till knows it by that sound from then
// on.

/** Whether somebody of this shop is signed in here, and the till hears. */
export const mayTeach = computed(() => hears.value && session.value.merchant?.place === place);

/** What is being taught; "any": still to be chosen. */
export const teaching = signal<Pick<Item, "number" | "name"> | "any" | null>(null);

const longest = 5; // s of one recording
const enough = 2; // recordings, so that a slip of the tongue does not count

export function TeachSheet() {
  const what = teaching.value;
  const close = () => (teaching.value = null);
  return (
    <Sheet title={t("teach.title")} onClose={close}>
      {what === "any" ? <Choose /> : what && <Record number={what.number} name={what.name} />}
    </Sheet>
  );
}

function Choose() {
  const [text, setText] = useState("");
  const found = useItems(text);
  const take = (number: string) => (teaching.value = found!.items.find((item) => item.number === number)!);
  return (
    <>
      <label class="field"><span>{t("teach.which")}</span><input id="teach-search" value={text} autocomplete="off" autocapitalize="none" placeholder={t("correct.hint")} onInput={(e) => setText(e.currentTarget.value)} /></label>
      <FoundList found={found} icon="mic" none="correct.none" onTake={take} />
      {isKiosk && <Keyboard value={text} onInput={setText} />}
    </>
  );
}

function Record({ number, name }: { number: string; name: string }) {
  const [on, setOn] = useState(false);
  const [said, setSaid] = useState<Blob[]>([]);
  const [answer, setAnswer] = useState("");
  const [wrong, setWrong] = useState("");
  const { mic, frames } = useMemo(() => {
    const frames: ArrayBuffer[] = [];
    return { frames, mic: new Mic((pcm) => frames.push(pcm)) };
  }, []);
  useEffect(() => {
    shut();
    hush();
    return () => mic.close();
  }, []);
  useEffect(() => {
    if (!on) return;
    const timer = setTimeout(() => void stop(), longest * 1000);
    return () => clearTimeout(timer);
  }, [on]);

  const start = async () => {
    setWrong("");
    setAnswer("");
    if (!(await mic.open())) return;
    frames.length = 0;
    play("listening");
    setOn(true);
  };
  const stop = async () => {
    setOn(false);
    mic.close();
    const all = [...said, wav(frames.splice(0), mic.rate)];
    setSaid(all);
    if (all.length < enough) return;
    setSaid([]);
    try {
      setAnswer(t("teach.done", { name, taught: (await teachItem(number, all)).taught.join(", ") }));
      play("added");
    } catch (e) {
      setWrong((e as APIError).message || t("unreachable"));
      play("error");
    }
  };
  return (
    <>
      <p>{t("teach.how", { name })}</p>
      <div class="teach-record">
        <Button kind={on ? "danger" : "primary"} size="large" icon={on ? "stop" : "mic"} class="record" pressed={on} onClick={() => void (on ? stop() : start())}>
          {t(on ? "teach.stop" : said.length ? "teach.again" : "teach.record")}
        </Button>
        <meter class="level" min={0} max={1} value={on ? level.value : 0} aria-label={t("teach.level")} />
      </div>
      <p class="teach-said" role="status">{answer || (said.length ? t("teach.count", { n: said.length, of: enough }) : "")}</p>
      {(wrong || fault.value) && <p class="fault" role="alert">{wrong || t(`mic.${fault.value}`)}</p>}
      <div class="acts"><Button size="large" class="teach-done" onClick={() => (teaching.value = null)}>{t("receipt.done")}</Button></div>
    </>
  );
}
