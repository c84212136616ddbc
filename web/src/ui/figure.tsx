/** One large figure; within a dl. */
export function Figure({ name, value, hint }: { name: string; value: string; hint?: string }) {
  return (
    <div class="figure card">
      <dt>{name}</dt>
      <dd>{value}{hint && <small>{hint}</small>}</dd>
    </div>
  );
}
