import { computed, effect, signal } from "@preact/signals";
import { fault, Mic } from "./mic";
import { play } from "./sounds";
import { hears, heard, isKiosk, link, partial, state, understood, useRate } from "./till";
import { hush, speaking } from "./voice";

// Listening: hold to talk, or tap to go on until the next tap.

export type Talking = "off" | "opening" | "on" | "ending";

const tail = 300; // ms that are still sent after the button was released
const tap = 350; // ms: a shorter press is a tap
const answerSoon = 3_000; // ms after the button in which what is heard was spoken
const linkWithin = 3_000; // ms that a pressed button waits for a connection
const patience = 60_000; // ms of listening without a word

export const talking = signal<Talking>("off");
/** Whether the connection was lost while somebody spoke. */
export const cutOff = signal(false);

/** What the talk button shows. */
export const phase = computed(() => {
  if (speaking.value) return "speaking";
  if (talking.value === "opening") return "opening";
  if (talking.value === "on") return "listening";
  return link.waiting.value > 0 || talking.value === "ending" ? "thinking" : "idle";
});

/** The microphone is never open while a password is awaited. */
export const mayTalk = computed(() => hears.value && state.value !== "proving");

const mic = new Mic((pcm) => {
  if ((talking.value === "on" || talking.value === "ending") && !speaking.value) link.now(pcm);
});

let wanted = false;
let pressedAt = 0;
let startedByPress = false;
let idle = 0;
let endedAt = 0;

export async function start(): Promise<void> {
  hush();
  if (!mayTalk.value || talking.value === "on" || talking.value === "opening") return;
  wanted = true;
  cutOff.value = false;
  talking.value = "opening";
  const opened = await mic.open();
  if (opened) useRate(mic.rate);
  const there = opened && (await linked());
  if (opened && !there) play("error"); // the page says why
  if (!there || !wanted || !mayTalk.value) {
    talking.value = "off";
    return;
  }
  understood.value = [];
  partial.value = "";
  play("listening");
  talking.value = "on";
}

export function stop(): void {
  wanted = false;
  if (talking.value !== "on") return;
  talking.value = "ending";
  setTimeout(() => {
    link.now({ type: "end" });
    if (talking.value === "ending") talking.value = "off";
    endedAt = Date.now();
  }, tail);
}

/** Shuts the microphone itself, not only the ears. */
export function shut(): void {
  wanted = false;
  talking.value = "off";
  mic.close();
}

export function toggle(): void {
  if (speaking.value && talking.value === "on") hush();
  else if (talking.value === "on" || talking.value === "opening") stop();
  else void start();
}

export function press(): void {
  pressedAt = performance.now();
  const interrupts = speaking.value;
  startedByPress = talking.value !== "on" || interrupts;
  if (talking.value === "on") hush();
  else void start();
}

/** A long press ends with the finger; a tap goes on until the next tap. */
export function release(): void {
  const wasTap = performance.now() - pressedAt < tap;
  if (!wasTap || !startedByPress) stop();
}

/** Waits for a connection, not for long: nobody wants to be listened to minutes later. */
function linked(): Promise<boolean> {
  link.open();
  return new Promise((resolve) => {
    const late = setTimeout(() => done(false), linkWithin);
    const end = link.state.subscribe((s) => s === "open" && done(true));
    function done(there: boolean): void {
      clearTimeout(late);
      resolve(there);
      queueMicrotask(() => end());
    }
  });
}

// Half a sentence means something else: what is said when the connection is lost is said anew.
effect(() => {
  if (!link.away.value || (talking.peek() !== "on" && talking.peek() !== "ending")) return;
  wanted = false;
  talking.value = "off";
  partial.value = "";
  cutOff.value = true;
  play("error");
});
effect(() => {
  void understood.value;
  cutOff.value = false;
});

effect(() => {
  if (!mayTalk.value || fault.value) shut();
});

effect(() => {
  clearTimeout(idle);
  void partial.value;
  if (talking.value === "on") idle = setTimeout(stop, patience);
});

// A tick as soon as words were heard; what they mean sounds after it.
let told = heard.value.length;
effect(() => {
  const now = heard.value.length;
  if (now > told && (talking.peek() === "on" || talking.peek() === "ending" || Date.now() - endedAt < answerSoon)) play("heard");
  told = now;
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden && !isKiosk) shut();
});
