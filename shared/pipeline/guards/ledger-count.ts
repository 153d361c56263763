import type { Clock } from '../../kernel/clock';
import { remember } from '../../kernel/remembered';
import type { UserStore } from '../../store/ports/user-store';

/** How many users have ledger entries: what the guards' percentages are of. */
export type LedgerCount = (maxAgeMs: number) => Promise<number>;

/** Counted over the whole table, so the answer is kept; before something is held back a fresh one is asked for. */
export function makeLedgerCount(users: UserStore, clock: Clock): LedgerCount {
  const count = remember(() => users.countWithLedger(), { clock, maxAgeMs: 0 });
  return (maxAgeMs) => count.current({ maxAgeMs });
}
