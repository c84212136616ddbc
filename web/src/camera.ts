// Reads codes before a camera: by the browser's BarcodeDetector where it has
// one, else by a decoder of our own. No picture leaves the page.

import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

interface Detector {
  detect(source: CanvasImageSource): Promise<{ rawValue: string }[]>;
}
declare const BarcodeDetector: undefined | { new (options: { formats: string[] }): Detector; getSupportedFormats(): Promise<string[]> };

type Reader = (video: HTMLVideoElement) => Promise<string>;

/** Reads the code in a picture, and throws or returns "" where there is none. */
export type Decode = (picture: ImageData) => string;

/** What to look for: formats by the names of the Barcode Detection API, and a decoder where the browser cannot. */
export interface Codes {
  formats: string[];
  decoder: () => Promise<Decode>;
}

const every = 150; // ms between looks
const side = 1024; // px, the longest side of a picture that our decoder looks at

async function nativeReader(formats: string[]): Promise<Reader | null> {
  if (typeof BarcodeDetector === "undefined") return null;
  const known = await BarcodeDetector.getSupportedFormats().catch(() => [] as string[]);
  if (!formats.every((f) => known.includes(f))) return null;
  const detector = new BarcodeDetector({ formats });
  return async (video) => (await detector.detect(video))[0]?.rawValue ?? "";
}

function ownReader(decode: Decode): Reader {
  const canvas = document.createElement("canvas");
  const paint = canvas.getContext("2d", { willReadFrequently: true })!;
  return async (video) => {
    const scale = Math.min(1, side / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    paint.drawImage(video, 0, 0, canvas.width, canvas.height);
    try {
      return decode(paint.getImageData(0, 0, canvas.width, canvas.height));
    } catch {
      return ""; // there is no code in this picture
    }
  };
}

/** Why there is no camera: "insecure", "denied", "missing" or "failed". */
export class CameraFault extends Error {
  constructor(readonly why: "insecure" | "denied" | "missing" | "failed") {
    super(why);
  }
}

async function openStream(): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new CameraFault("insecure");
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
  } catch (e) {
    const name = (e as DOMException).name;
    throw new CameraFault(name === "NotAllowedError" ? "denied" : name === "NotFoundError" ? "missing" : "failed");
  }
}

/** Shows the camera in video and calls found for what it reads, until the answer is called. Throws CameraFault. */
async function watch(video: HTMLVideoElement, codes: Codes, found: (text: string) => void): Promise<() => void> {
  const stream = await openStream();
  video.srcObject = stream;
  await video.play();
  const read = (await nativeReader(codes.formats)) ?? ownReader(await codes.decoder());
  let timer = 0;
  let over = false;
  const look = async () => {
    const text = video.videoWidth > 0 ? await read(video).catch(() => "") : "";
    if (over) return;
    if (text) found(text);
    timer = setTimeout(() => void look(), every);
  };
  void look();
  return () => {
    over = true;
    clearTimeout(timer);
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
}

/** Watches in the video element while on; told why where it cannot. */
export function useCamera(video: RefObject<HTMLVideoElement | null>, on: boolean, codes: Codes, found: (text: string) => void, failed: (why: CameraFault["why"]) => void): void {
  useEffect(() => {
    if (!on) return;
    let stop: (() => void) | undefined;
    let gone = false;
    watch(video.current!, codes, found).then(
      (s) => (gone ? s() : (stop = s)),
      (e) => failed(e instanceof CameraFault ? e.why : "failed"),
    );
    return () => {
      gone = true;
      stop?.();
    };
  }, [on]);
}
