import { effect, signal } from "@preact/signals";
import { lang } from "./i18n";
import { aloud, speed, voiceName } from "./settings";

/** Whether the till is speaking; the microphone does not count meanwhile. */
export const speaking = signal(false);

const settle = 250; // ms that the room needs after the last word
const player = new Audio();
let ended: (() => void) | null = null;
let guard = 0;

effect(() => {
  if (aloud.value === "no") hush();
});

/**
 * Speaks with the chosen voice, else the browser's own, else the till's. onEnd is called
 * when it has ended, was hushed, or could not be played; not when another
 * speak takes its place, since that one's end is to come.
 */
export function speak(text: string, audio: string | undefined, onEnd: () => void): void {
  silence();
  if (aloud.value === "no" || !text) return onEnd();
  speaking.value = true;
  ended = onEnd;
  guard = setTimeout(finish, 4_000 + (text.length * 120 * 100) / Number(speed.value));
  const voice = voiceName.value.startsWith("till:") && audio ? undefined : ownVoice();
  if (voice) say(text, voice);
  else if (audio) playFrom(audio);
  else finish();
}

/** Stops speaking at once. */
export function hush(): void {
  if (ended) finish();
}

function finish(): void {
  const done = ended;
  silence();
  done?.();
}

function silence(): void {
  clearTimeout(guard);
  ended = null;
  player.pause();
  window.speechSynthesis?.cancel();
  speaking.value = false;
}

/** The browser's voices of the page's language. */
export function ownVoices(): SpeechSynthesisVoice[] {
  return window.speechSynthesis?.getVoices().filter((v) => v.lang.toLowerCase().startsWith(lang.value)) ?? [];
}

function ownVoice(): SpeechSynthesisVoice | undefined {
  const voices = ownVoices();
  const chosen = voices.find((v) => `own:${v.name}` === voiceName.value);
  return chosen ?? voices.find((v) => v.default) ?? voices.find((v) => v.localService) ?? voices[0];
}

function say(text: string, voice: SpeechSynthesisVoice): void {
  const words = new SpeechSynthesisUtterance(text);
  const mine = ended;
  words.voice = voice;
  words.lang = voice.lang;
  words.rate = Number(speed.value) / 100;
  words.onend = words.onerror = () => setTimeout(() => ended === mine && finish(), settle);
  speechSynthesis.speak(words);
}

function playFrom(audio: string): void {
  const mine = ended;
  const over = () => ended === mine && finish();
  player.onended = () => setTimeout(over, settle);
  player.onerror = over;
  player.src = styled(audio);
  player.play().catch(over);
}

/** The address with the voice and the speed that were chosen. */
function styled(audio: string): string {
  const voice = voiceName.value.startsWith("till:") ? `&voice=${encodeURIComponent(voiceName.value.slice(5))}` : "";
  return audio + voice + (speed.value === "100" ? "" : `&speed=${speed.value}`);
}
