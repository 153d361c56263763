import type { Clock } from '../../kernel/clock';
import { timing } from '../../kernel/timing';
import type { ControlStore } from '../../store/ports/control-store';

/**
 * When a scope (`apply`, `intake`, `sku:…`) last worked for any user, in any process: the evidence that a refusal is one
 * user's own. Each function is a process of its own, so memory alone would let one refused user pause everybody.
 */
export interface LastSuccess {
  /** These scopes have just worked. Writes at most one row a scope and 2 s; never throws and never waits. */
  note(scopes: readonly string[]): void;
  /** Milliseconds; undefined: not known to have worked. Reads the row only when this process knows of nothing recent. */
  of(scope: string): Promise<number | undefined>;
}

/** @param control where the other processes read it */
export function makeLastSuccess(
  control: Pick<ControlStore, 'noteSuccess' | 'lastSuccess'>,
  clock: Clock,
): LastSuccess {
  const known = new Map<string, number>();
  const written = new Map<string, number>();
  return {
    note(scopes) {
      const now = clock.now();
      for (const scope of scopes) {
        known.set(scope, now);
        if (now - (written.get(scope) ?? -Infinity) < timing.pauses.successNoted.ms) continue;
        written.set(scope, now);
        // Evidence only: without it a refusal pauses the scope, and the next success lifts the pause.
        control.noteSuccess(scope, now).catch(() => written.delete(scope));
      }
    },
    async of(scope) {
      const own = known.get(scope);
      if (own !== undefined && clock.now() - own < timing.pauses.successRecent.ms) return own;
      const shared = await control.lastSuccess(scope);
      return own === undefined ? shared : Math.max(own, shared ?? own);
    },
  };
}
