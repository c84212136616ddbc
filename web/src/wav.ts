/** A WAV file of signed 16-bit mono frames (RIFF, PCM, 44 bytes of header). */
export function wav(frames: ArrayBuffer[], samplesPerSecond: number): Blob {
  const bytes = frames.reduce((sum, f) => sum + f.byteLength, 0);
  const head = new DataView(new ArrayBuffer(44));
  const text = (at: number, s: string) => [...s].forEach((c, i) => head.setUint8(at + i, c.charCodeAt(0)));
  text(0, "RIFF");
  head.setUint32(4, 36 + bytes, true);
  text(8, "WAVEfmt ");
  head.setUint32(16, 16, true);
  head.setUint16(20, 1, true); // PCM
  head.setUint16(22, 1, true); // mono
  head.setUint32(24, samplesPerSecond, true);
  head.setUint32(28, 2 * samplesPerSecond, true);
  head.setUint16(32, 2, true);
  head.setUint16(34, 16, true);
  text(36, "data");
  head.setUint32(40, bytes, true);
  return new Blob([head, ...frames], { type: "audio/wav" });
}
