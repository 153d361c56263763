import { GraphError } from '../../graph/refusals/graph-error';
import { UserError } from '../../kernel/errors';
import { describeOperation } from '../../pipeline/write/describe-operation';
import type { LookServices } from '../../pipeline/look/look-at-user';
import { lookAtUser } from '../../pipeline/look/look-at-user';
import type { UserRecord } from '../../store/ports/user-store';

/** What deciding says of a user at this moment; nothing is recorded and nothing is written. */
export type WouldDecide = {
  readonly outcome: string;
  /** What would be written, in words; null: nothing. */
  readonly operation: string | null;
  readonly reasons: readonly string[];
};

/** Looks at the user as the functions would. What stands in the way of looking is the answer, too. */
export async function wouldDecide(pipeline: LookServices, record: UserRecord): Promise<WouldDecide> {
  try {
    const look = await lookAtUser(pipeline, record);
    if (look.kind === 'missing') {
      return { outcome: 'outOfScope', operation: null, reasons: ['Graph does not know this user.'] };
    }
    const { outcome, operation, reasons } = look.decision;
    return {
      outcome,
      operation: operation === undefined ? null : describeOperation(operation, look.input.catalogue),
      reasons: reasons.map(({ text }) => text),
    };
  } catch (error) {
    if (!(error instanceof GraphError) && !(error instanceof UserError)) throw error;
    return { outcome: 'failed', operation: null, reasons: [error.message] };
  }
}
