import { UserError } from '../../kernel/errors';
import type { Approval, LongOperation } from '../../store/ports/ops/operator-request';
import type { Stored } from '../../store/ports/record-store';
import type { OpsServices } from '../route';

/** What the approval of an operation says now. */
export type Approved =
  | { readonly kind: 'notNeeded' }
  /** Not decided yet, and the time to do so is not over: the operation stays queued. */
  | { readonly kind: 'undecided' }
  | { readonly kind: 'approved'; readonly approval: Approval };

/**
 * Whether an operation may be done: it was written before its approval, so that the row alone proves nothing.
 * @throws UserError `approval/unknown`, `approval/state` when it must never be done
 */
export async function findApproved(
  { approvals, services }: Pick<OpsServices, 'approvals' | 'services'>,
  { id, value }: Stored<LongOperation>,
): Promise<Approved> {
  const { approvalId } = value;
  if (approvalId === null) return { kind: 'notNeeded' };
  const found = await approvals.read(approvalId);
  if (found === undefined) throw new UserError('approval/unknown', `There is no request ${approvalId}`);
  const { state, operation, expiresAt } = found.value;
  if (state === 'approved' && operation === id) return { kind: 'approved', approval: found.value };
  if (state === 'open' && services.clock.now() < expiresAt) return { kind: 'undecided' };
  throw new UserError('approval/state', `${approvalId} was not approved: it is ${state}`, {
    hint: 'Ask for it again.',
  });
}
