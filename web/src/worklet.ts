// Runs in the audio thread: collects the microphone into frames of 100 ms of
// signed 16-bit samples and tells each frame's loudness.

declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: unknown): void;

const samples = Math.round(sampleRate / 10);

class Frames extends AudioWorkletProcessor {
  private frame = new Int16Array(samples);
  private filled = 0;
  private squares = 0;

  process(inputs: Float32Array[][]): boolean {
    for (const sample of inputs[0]?.[0] ?? []) this.push(sample);
    return true;
  }

  private push(sample: number): void {
    const s = Math.max(-1, Math.min(1, sample));
    this.squares += s * s;
    this.frame[this.filled++] = s < 0 ? s * 0x8000 : s * 0x7fff;
    if (this.filled === samples) this.post();
  }

  private post(): void {
    const level = Math.sqrt(this.squares / this.filled);
    this.port.postMessage({ pcm: this.frame.buffer, level }, [this.frame.buffer]);
    this.frame = new Int16Array(samples); // the old one went with the message
    this.filled = 0;
    this.squares = 0;
  }
}

registerProcessor("frames", Frames);
