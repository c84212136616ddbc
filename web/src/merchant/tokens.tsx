import { signal } from "@preact/signals";
import { APIError, call } from "../api";
import { dateTime } from "../format";
import { t } from "../i18n";
import { Button } from "../ui/button";
import { Field } from "../ui/field";
import { Table } from "../ui/table";

interface Token {
  id: string;
  name: string;
  created: string;
}

const tokens = signal<Token[]>([]);
const fresh = signal("");
const fault = signal("");

export async function loadTokens(): Promise<void> {
  const answer = await call<{ tokens: Token[] }>("GET", "/v1/merchant/tokens").catch(() => null);
  if (answer) tokens.value = answer.tokens;
}

async function create(e: SubmitEvent): Promise<void> {
  e.preventDefault();
  const form = e.currentTarget as HTMLFormElement;
  const name = String(new FormData(form).get("name"));
  try {
    fresh.value = (await call<{ token: string }>("POST", "/v1/merchant/tokens", { name })).token;
    fault.value = "";
  } catch (e) {
    fault.value = (e as APIError).message || t("unreachable");
    return;
  }
  form.reset();
  await loadTokens();
}

async function revoke(id: string): Promise<void> {
  await call("DELETE", `/v1/merchant/tokens/${encodeURIComponent(id)}`).catch(() => null);
  await loadTokens();
}

export function Tokens() {
  return (
    <section class="card tokens">
      <h2>{t("merchant.tokens")}</h2>
      <p class="hint">{t("tokens.about")}</p>
      <form class="inline" onSubmit={create}>
        <Field label={t("tokens.name")} name="name" required maxLength={60} autocomplete="off" fault={fault.value} />
        <Button type="submit" kind="primary">{t("tokens.create")}</Button>
      </form>
      {fresh.value && (
        <div class="fresh" role="status">
          <p>{t("tokens.new")}</p>
          <code>{fresh.value}</code>
          <Button onClick={() => void navigator.clipboard?.writeText(fresh.value)}>{t("tokens.copy")}</Button>
        </div>
      )}
      <Table name="tokens" label={t("merchant.tokens")} rows={tokens.value} rowKey={(x) => x.id} empty={<p class="hint">{t("tokens.none")}</p>}
        columns={[
          { key: "name", head: t("catalog.name"), value: (x) => x.name, title: true },
          { key: "created", head: t("tokens.created"), value: (x) => x.created, cell: (x) => dateTime(x.created) },
          { key: "acts", head: t("tokens.acts"), value: () => "", acts: true, cell: (x) => <Button kind="danger" onClick={() => void revoke(x.id)}>{t("tokens.revoke")}</Button> },
        ]} />
    </section>
  );
}
