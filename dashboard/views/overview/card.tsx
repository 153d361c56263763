import type { ComponentChildren } from 'preact';
import { Prose } from '../../parts/prose';

/** A part of the overview. `missing`: why it cannot be told now; the other parts stand. */
export function Card({
  title,
  missing,
  children,
}: {
  readonly title: string;
  readonly missing?: string | undefined;
  readonly children: ComponentChildren;
}) {
  const id = `card-${title.toLowerCase().replace(/\W+/g, '-')}`;
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {missing === undefined ? (
        children
      ) : (
        <p class="stale-note">
          <span aria-hidden="true">◌</span> Not known now: <Prose text={missing} />
        </p>
      )}
    </section>
  );
}

/** A number with its word. */
export function Figure({
  value,
  children,
}: {
  readonly value: string;
  readonly children: ComponentChildren;
}) {
  return (
    <span class="figure">
      <b>{value}</b> <span class="quiet">{children}</span>
    </span>
  );
}
