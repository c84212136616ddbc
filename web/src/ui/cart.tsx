import { useCallback, useRef } from "preact/hooks";
import { examples } from "../examples";
import { t } from "../i18n";
import { money, optionList, quantity, step } from "../format";
import { nameOf } from "../names";
import type { Line } from "../protocol";
import { useSwipe } from "../swipe";
import { cart, changedLine, doCommand, isKiosk, state } from "../till";
import { Button } from "./button";
import { Picture } from "./found";
import { Icon } from "./icons";
import { moving } from "./move";

const whole = 1000; // thousandths
const stepOf = (line: Line) => (line.unit === "each" ? whole : whole / 10);

function change(line: Line, milli: number): void {
  const q = step(line.quantity, milli);
  const what = { item: line.item, options: line.options };
  doCommand(q === "0" ? { do: "remove", ...what } : { do: "set", ...what, quantity: q });
}

/** One line; swiped away, or Delete on one of its buttons, it is removed. */
export function CartLine({ line, currency }: { line: Line; currency: string }) {
  const options = optionList(line.options);
  const name = nameOf(line.item, line.name);
  const row = useRef<HTMLLIElement>(null);
  const remove = useCallback(() => {
    doCommand({ do: "remove", item: line.item, options: line.options });
    document.querySelector<HTMLElement>(".undo")?.focus();
  }, [line.item, JSON.stringify(line.options)]);
  useSwipe(row, remove);
  return (
    <li ref={row} class={`cart-line ${changedLine.value === line.line ? "changed" : ""}`} data-item={line.item} onKeyDown={(e) => e.key === "Delete" && remove()}>
      <Picture of={line.picture} />
      <div class="cart-what">
        <span class="cart-name">{name}</span>
        <span class="cart-detail">
          {options && <span>{options}</span>}
          <span>{line.item}</span>
          <span>
            {money(line.price, currency)}
            {line.unit !== "each" && ` / ${line.unit}`}
          </span>
        </span>
      </div>
      <span class="cart-total">{money(line.total, currency)}</span>
      <div class="stepper" role="group" aria-label={t("cart.quantity", { name })}>
        <Button icon="minus" kind="quiet" label={t("cart.less", { name })} onClick={() => change(line, -stepOf(line))} />
        <output>{quantity(line.quantity, line.unit)}</output>
        <Button icon="plus" kind="quiet" label={t("cart.more", { name })} onClick={() => change(line, stepOf(line))} />
      </div>
      <Button icon="trash" kind="quiet" class="cart-remove" label={t("cart.remove", { name })} onClick={remove} />
    </li>
  );
}

export function CartList() {
  const c = cart.value;
  return (
    <section class="card cart" aria-labelledby="cart-title">
      <header class="card-head">
        <h2 id="cart-title">{t("cart.title")}</h2>
        {isKiosk && c.lines.length > 0 && <Button icon="phone" kind="quiet" class="move" onClick={() => (moving.value = true)}>{t("move.open")}</Button>}
        <Button icon="undo" kind="quiet" class="undo" disabled={state.value !== "shopping" && state.value !== "choosing"} onClick={() => doCommand({ do: "undo" })}>
          {t("cart.undo")}
        </Button>
      </header>
      {c.lines.length === 0 ? <EmptyCart /> : <ul class="cart-lines">{[...c.lines].reverse().map((l) => <CartLine key={l.line} line={l} currency={c.currency} />)}</ul>}
    </section>
  );
}

function EmptyCart() {
  return (
    <div class="cart-empty">
      <Icon name="basket" size={56} />
      <p>{t("cart.empty")}</p>
      <ul class="examples">
        {(examples.value.weighed ? ["example.1", "example.2", "example.3"] : ["example.1", "example.2"]).map((key) => (
          <li>“{t(key, examples.value)}”</li>
        ))}
      </ul>
    </div>
  );
}

export function CartTotal() {
  const c = cart.value;
  return (
    <div class="total-bar">
      <div class="total-sum" role="status">
        <span class="total-count">{t(c.count === 1 ? "cart.one" : "cart.count", { n: c.count })}</span>
        <strong id="total">{money(c.total, c.currency)}</strong>
      </div>
      <Button kind="primary" size="large" class="checkout" disabled={c.lines.length === 0} onClick={() => doCommand({ do: "checkout" })}>
        {t("checkout")}
      </Button>
    </div>
  );
}
