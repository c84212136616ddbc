import { useEffect, useState } from "preact/hooks";
import { findItems, type Found, type Item } from "../api";
import { money } from "../format";
import { t } from "../i18n";
import { learnNames, nameOf } from "../names";
import { Button } from "./button";
import { Icon, type IconName } from "./icons";

const most = 6; // items
const pause = 150; // ms without a key before it searches

/** Looks for items while typing; a later answer never yields to an earlier one. */
export function useItems(text: string): Found | null {
  const [found, setFound] = useState<Found | null>(null);
  const q = text.trim();
  useEffect(() => {
    let stale = false;
    const look = async () => {
      const answer = q ? await findItems(q, most).catch(() => null) : null;
      learnNames(Object.fromEntries((answer?.items ?? []).flatMap((i) => (i.name_zh ? [[i.number, i.name_zh]] : []))));
      if (!stale) setFound(answer);
    };
    const timer = setTimeout(() => void look(), pause);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [q]);
  return q ? found : null;
}

/** An item's picture; nothing where it has none or it cannot be loaded. */
export function Picture({ of, size = 48 }: { of?: string; size?: number }) {
  const [broken, setBroken] = useState("");
  if (!of || broken === of) return null;
  return <img class="picture" src={of} alt="" loading="lazy" width={size} height={size} onError={() => setBroken(of)} />;
}

interface List {
  found: Found | null;
  onTake: (number: string) => void;
  icon?: IconName;
  none?: string;
  /** Offered beside each item, and where it is held. */
  onTeach?: (item: Item) => void;
}

/** What a search found; nothing before it has an answer. */
export function FoundList({ found, onTake, icon = "plus", none = "found.none", onTeach }: List) {
  if (!found) return null;
  return (
    <ul class="found" aria-label={t("found")}>
      {found.items.map((item) => (
        <li key={item.number} class="found-row">
          <button type="button" class="found-item" data-item={item.number} onClick={() => onTake(item.number)} onContextMenu={(e) => onTeach && (e.preventDefault(), onTeach(item))}>
            <Picture of={item.picture} />
            <span class="found-name">{nameOf(item.number, item.name)}<small>{item.number}</small></span>
            <span class="found-price">{money(item.price, found.currency)}{item.unit !== "each" && ` / ${item.unit}`}</span>
            <Icon name={icon} />
          </button>
          {onTeach && <Button kind="quiet" icon="mic" class="teach-item" label={t("teach.item", { name: nameOf(item.number, item.name) })} onClick={() => onTeach(item)} />}
        </li>
      ))}
      {found.items.length === 0 && <li class="found-none">{t(none)}</li>}
    </ul>
  );
}
