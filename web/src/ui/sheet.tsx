import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import { Button } from "./button";

interface Props {
  title: string;
  children: ComponentChildren;
  onClose: () => void;
}

/** A modal dialog: from below on a phone, in the middle elsewhere. */
export function Sheet({ title, children, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const d = dialog.current!;
    d.showModal();
    return () => d.close();
  }, []);
  const outside = (e: MouseEvent) => e.target === dialog.current && onClose();
  return (
    <dialog ref={dialog} class="sheet" aria-labelledby="sheet-title" onCancel={onClose} onClick={outside}>
      <div class="sheet-body">
        <header class="sheet-head">
          <h2 id="sheet-title">{title}</h2>
          <Button icon="close" kind="quiet" label={t("close")} onClick={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  );
}
