import type { Clock } from '../../kernel/clock';
import type { UserStore } from '../../store/ports/user-store';

/** How many users have ledger entries: what the guards' percentages are of. */
export type LedgerCount = (maxAgeMs: number) => Promise<number>;

/** Counted over the whole table, so the answer is kept; whoever is about to hold something back asks for a fresh one. */
export function makeLedgerCount(users: UserStore, clock: Clock): LedgerCount {
  let counting: { readonly at: number; readonly count: Promise<number> } | undefined;
  return (maxAgeMs) => {
    if (counting === undefined || clock.now() - counting.at >= maxAgeMs) {
      const mine = { at: clock.now(), count: users.countWithLedger() };
      counting = mine;
      mine.count.catch(() => {
        if (counting === mine) counting = undefined;
      });
    }
    return counting.count;
  };
}
