import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { type CameraFault, type Codes, useCamera } from "../camera";
import { t } from "../i18n";
import { doCommand, said } from "../till";
import { Button } from "./button";
import { Sheet } from "./sheet";

// Bar codes on goods, before the camera: each is added once, as long as it
// stays in sight.

export const scanning = signal(false);
const fault = signal<CameraFault["why"] | "">("");

const away = 1_500; // ms out of sight before the same code counts again
const decoder = "/assets/barcode.js";
const goods: Codes = {
  formats: ["ean_13", "ean_8", "upc_a"],
  decoder: async () => ((await import(decoder)) as typeof import("../barcode")).decode,
};

let last = "";
let lastAt = 0;
function scanned(code: string): void {
  const now = performance.now();
  const again = code === last && now - lastAt < away;
  last = code;
  lastAt = now;
  if (again) return;
  navigator.vibrate?.(40);
  doCommand({ do: "add", item: code });
}

const close = () => (scanning.value = false);

export function ScanSheet({ onType }: { onType: () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => void (fault.value = ""), []);
  useCamera(video, true, goods, scanned, (why) => (fault.value = why));
  return (
    <Sheet title={t("scan.title")} onClose={close}>
      {fault.value ? <p class="fault" role="alert">{t(`gate.camera.${fault.value}`)}</p> : <p class="hint">{t("scan.how")}</p>}
      <div class="finder" hidden={fault.value !== ""}><video ref={video} muted playsInline aria-label={t("gate.camera.sees")} /></div>
      <p class="scan-said" role="status">{!fault.value && said.value}</p>
      <div class="acts">
        {fault.value && <Button size="large" icon="keyboard" class="scan-type" onClick={() => { close(); onType(); }}>{t("scan.type")}</Button>}
        <Button kind="primary" size="large" class="scan-done" onClick={close}>{t("receipt.done")}</Button>
      </div>
    </Sheet>
  );
}
