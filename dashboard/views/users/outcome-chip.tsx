import { spaced } from '../../parts/format';

const kinds: Readonly<Record<string, string>> = {
  licensed: 'chip good',
  waiting: 'chip warn',
  held: 'chip warn',
  blocked: 'chip bad',
  failed: 'chip bad',
};

/** The outcome of a user, with its colour; null: none yet. */
export function OutcomeChip({ outcome }: { readonly outcome: string | null }) {
  return (
    <span class={kinds[outcome ?? ''] ?? 'chip'}>
      {outcome === null ? 'no outcome yet' : spaced(outcome)}
    </span>
  );
}
