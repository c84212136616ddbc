import { signal } from "@preact/signals";
import { lang } from "./i18n";

/** Whether the till is speaking; the microphone does not count meanwhile. */
export const speaking = signal(false);
/** Whether the shopper wants to hear the till. */
export const aloud = signal(localStorage.getItem("voicetill.aloud") !== "no");

const settle = 250; // ms that the room needs after the last word
const player = new Audio();
let ended: (() => void) | null = null;
let guard = 0;

export function setAloud(on: boolean): void {
  aloud.value = on;
  localStorage.setItem("voicetill.aloud", on ? "yes" : "no");
  if (!on) hush();
}

/**
 * Speaks with the browser's own voice, else plays the server's. onEnd is called
 * when it has ended, was hushed, or could not be played; not when another
 * speak takes its place, since that one's end is to come.
 */
export function speak(text: string, audio: string | undefined, onEnd: () => void): void {
  silence();
  if (!aloud.value || !text) return onEnd();
  speaking.value = true;
  ended = onEnd;
  guard = setTimeout(finish, 4_000 + text.length * 120);
  const voice = ownVoice();
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

function ownVoice(): SpeechSynthesisVoice | undefined {
  const voices = window.speechSynthesis?.getVoices().filter((v) => v.lang.toLowerCase().startsWith(lang.value)) ?? [];
  return voices.find((v) => v.default) ?? voices.find((v) => v.localService) ?? voices[0];
}

function say(text: string, voice: SpeechSynthesisVoice): void {
  const words = new SpeechSynthesisUtterance(text);
  const mine = ended;
  words.voice = voice;
  words.lang = voice.lang;
  words.onend = words.onerror = () => setTimeout(() => ended === mine && finish(), settle);
  speechSynthesis.speak(words);
}

function playFrom(audio: string): void {
  const mine = ended;
  const over = () => ended === mine && finish();
  player.onended = () => setTimeout(over, settle);
  player.onerror = over;
  player.src = audio;
  player.play().catch(over);
}
