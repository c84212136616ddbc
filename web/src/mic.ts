import { signal } from "@preact/signals";
import { build } from "./newer";

/** Why the microphone cannot be used. */
export type MicFault = "insecure" | "denied" | "missing" | "failed";

const wantedRate = 16_000;

/** How loud the last 100 ms were, 0 to 1, for the eye only. */
export const level = signal(0);
export const fault = signal<MicFault | null>(null);

/**
 * Mic gives the microphone's sound as signed 16-bit frames of 100 ms at rate
 * samples a second: 16,000 where the browser can, else the device's own.
 */
export class Mic {
  rate = wantedRate;
  private stream: MediaStream | null = null;
  private context: AudioContext | null = null;

  constructor(private readonly onFrame: (pcm: ArrayBuffer) => void) {}

  get isOpen(): boolean {
    return this.context?.state === "running";
  }

  /** Opens it, to be called in a gesture. False: fault says why not. */
  async open(): Promise<boolean> {
    if (this.isOpen) return true;
    this.close();
    if (!window.isSecureContext || !navigator.mediaDevices) {
      fault.value = "insecure";
      return false;
    }
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({
        audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: false },
      });
      await this.connect(this.stream);
      fault.value = null;
      return true;
    } catch (e) {
      this.close();
      fault.value = reason(e);
      return false;
    }
  }

  close(): void {
    this.stream?.getTracks().forEach((track) => track.stop());
    void this.context?.close();
    this.stream = null;
    this.context = null;
    level.value = 0;
  }

  private async connect(stream: MediaStream): Promise<void> {
    const { context, source } = wire(stream);
    this.context = context;
    this.rate = context.sampleRate;
    await context.audioWorklet.addModule(`/assets/worklet.js${build}`);
    const frames = new AudioWorkletNode(context, "frames", { numberOfOutputs: 0 });
    frames.port.onmessage = (e: MessageEvent<{ pcm: ArrayBuffer; level: number }>) => {
      level.value = Math.min(1, Math.sqrt(e.data.level) * 1.8);
      this.onFrame(e.data.pcm);
    };
    source.connect(frames);
    stream.getAudioTracks()[0]?.addEventListener("ended", () => {
      this.close();
      fault.value = "missing";
    });
    await context.resume();
  }
}

/** Firefox cannot resample a microphone: there the context keeps its own rate. */
function wire(stream: MediaStream): { context: AudioContext; source: MediaStreamAudioSourceNode } {
  const wanted = new AudioContext({ sampleRate: wantedRate });
  try {
    return { context: wanted, source: wanted.createMediaStreamSource(stream) };
  } catch {
    void wanted.close();
    const own = new AudioContext();
    return { context: own, source: own.createMediaStreamSource(stream) };
  }
}

function reason(e: unknown): MicFault {
  switch ((e as DOMException).name) {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    default:
      return "failed";
  }
}
