import { isoTime } from '../../kernel/clock';
import type { Approval } from '../../store/ports/ops/operator-request';
import type { Stored } from '../../store/ports/record-store';
import type { ApprovalView } from '../schemas';

/** A request for approval, for people; times are ISO 8601. */
export function toApprovalView({ id, value }: Stored<Approval>): ApprovalView {
  return {
    id,
    route: value.route,
    state: value.state,
    by: value.asker.name,
    why: value.why,
    askedAt: isoTime(value.askedAt),
    expiresAt: isoTime(value.expiresAt),
    text: value.text,
    count: value.count,
    decidedBy: value.decidedBy?.name ?? null,
    operation: value.operation,
  };
}
