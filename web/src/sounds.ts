import type { Sound } from "./protocol";
import { noises } from "./settings";

// Each sound is a few tones: frequency in Hz, start and length in seconds.
const tones: Record<Sound, [number, number, number][]> = {
  listening: [[660, 0, 0.08]],
  heard: [[880, 0, 0.04]],
  added: [[740, 0, 0.07], [988, 0.08, 0.1]],
  question: [[587, 0, 0.1], [784, 0.12, 0.16]],
  error: [[311, 0, 0.12], [233, 0.13, 0.18]],
  paid: [[659, 0, 0.1], [831, 0.1, 0.1], [988, 0.2, 0.1], [1319, 0.3, 0.3]],
};
const loudness = 0.12;
const apart = 0.04; // s between two of them, so that each is told from the other
let freeAt = 0;

let context: AudioContext | null = null;

/** Plays it where the browser allows sound by now; silence is no fault. */
export function play(sound: Sound): void {
  if (noises.value === "no") return;
  context ??= new AudioContext();
  if (context.state === "suspended") void context.resume();
  const from = Math.max(context.currentTime, freeAt);
  for (const [hertz, start, length] of tones[sound] ?? []) {
    tone(context, hertz, from + start, length);
    freeAt = from + start + length + apart;
  }
}

function tone(context: AudioContext, hertz: number, at: number, length: number): void {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.type = "sine";
  oscillator.frequency.value = hertz;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(loudness, at + 0.01);
  gain.gain.exponentialRampToValueAtTime(0.0001, at + length);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + length + 0.02);
}
