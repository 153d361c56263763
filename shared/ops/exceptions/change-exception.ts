import { ConcurrencyError } from '../../kernel/errors';
import { silentLogger } from '../../kernel/logger';
import type { Services } from '../../pipeline/services';
import type { LookServices } from '../../pipeline/look/look-at-user';
import type { PerformServices } from '../../pipeline/perform';
import { advance } from '../../pipeline/perform';
import { findUserOrExplain } from '../users/find-user';
import type { FoundUser } from '../users/find-user';
import { recordAction } from '../audit/operator';
import type { Operator } from '../audit/operator';
import { wouldDecide } from '../users/would-decide';
import type { WouldDecide } from '../users/would-decide';
import type { Exception } from '../../words/exception';
import type { UserRecord } from '../../store/ports/user-store';

/** What changing an exception uses: it decides what will follow, and stores the change in the row. */
export type ExceptionServices = PerformServices & LookServices & Pick<Services, 'audit'>;

export type PinChange<Result> = {
  /** null: the user has no exceptions any more. */
  readonly pin: Exception | null;
  /** One line for the user's timeline. */
  readonly text: string;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly result: Result;
};

export type PinChanged<Result> = {
  readonly userId: string;
  readonly userPrincipalName: string | null;
  /** What the functions will come to; the user has been queued. */
  readonly next: WouldDecide;
} & Result;

/** The change is told by its answer and the audit, not by log lines. */
const task = { logger: silentLogger };

/**
 * Changes a user's exceptions, records it in timeline and audit table, and queues the user to be decided anew.
 * When another process writes the user's row meanwhile, the change starts over with fresh reads.
 */
export async function changeException<Result extends object>(
  pipeline: ExceptionServices,
  idOrUpn: string,
  { action, ...operator }: Operator & { readonly action: string },
  change: (found: FoundUser) => Promise<PinChange<Result>>,
): Promise<PinChanged<Result>> {
  for (;;) {
    const found = await findUserOrExplain(pipeline, idOrUpn);
    const { pin, text, facts = {}, result } = await change(found);
    // Before the functions are at it: what they will do then, not what is left to do.
    const next = await wouldDecide(pipeline, { ...found.record, exception: pin });
    const event = { exception: pin, text, facts: { ...facts, by: operator.by } };
    let record: UserRecord;
    try {
      ({ record } = await advance(pipeline, task, found.record, { kind: 'exceptionChanged', ...event }));
    } catch (error) {
      if (error instanceof ConcurrencyError) continue;
      throw error;
    }
    await recordAction(pipeline, operator, action, found.id, { text, ...facts });
    const name = found.snapshot?.user.properties['userPrincipalName'];
    return {
      userId: found.id,
      userPrincipalName: typeof name === 'string' ? name : (record.state?.userPrincipalName ?? null),
      next,
      ...result,
    };
  }
}

/** Nothing left in it that could ever hold: no row. */
export function orNone(pin: Exception): Exception | null {
  return pin.skus.length === 0 && pin.frozen === undefined ? null : pin;
}
