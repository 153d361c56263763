import type { DirectoryUser } from '../../graph/directory';
import type { SkuId } from '../../kernel/ids';
import type { DecideInput, Decision } from '../../licensing/decision';
import type { GuardVerdict } from '../../licensing/guards/guards';
import type { Holding } from '../../licensing/holding/holding';
import type { Ledger } from '../../words/ledger';
import type { License } from '../../words/license';
import type { Rollout } from '../../words/rollout';
import type { WaitingEntry } from '../../words/waiting';
import type { Seen } from '../row/events';
import type { SeatBook } from '../sources/catalogue-source';
import { describeOperation } from '../write/describe-operation';

/** What a fresh look at a user gave: the decision, and what must be remembered to record it. */
export type SeenUser = {
  readonly kind: 'seen';
  readonly user: DirectoryUser;
  readonly input: DecideInput;
  readonly decision: Decision;
  /** The ledger as it is true now: a write that a crash interrupted has been settled by what the user holds. */
  readonly ledger: Ledger;
  /** What became of an interrupted write: it took effect, it did not, or there was none. */
  readonly interrupted: 'written' | 'notWritten' | null;
  readonly digest: string;
  /** The read showed the state before our own last write, which therefore stands in for it. */
  readonly isOverridden: boolean;
  /** The running rollout that this look is of. */
  readonly rollout: Rollout | null;
  /** What guards hold back of it. */
  readonly hold: GuardVerdict | null;
  /** The user's places on the waiting lists that the decision would put them on; without a write they stay there. */
  readonly places: readonly WaitingEntry[];
  /** SKUs of which the waiting list has set a seat aside for this user; the decision counts on them. */
  readonly granted: ReadonlySet<SkuId>;
  readonly book: SeatBook;
  /** The scope of the pause because of which a part of what is to be written is left for later; null: none is. */
  readonly leftFor: string | null;
  /** Memberships were not read: what writes looks again in full. */
  readonly isWithoutGroups?: true;
};

/** As much of a look as the row machine needs. */
export function seenOf(look: SeenUser): Seen {
  const { user, input, decision, granted } = look;
  const { holding, policy } = input;
  const { operation } = decision;
  return {
    decision,
    digest: look.digest,
    ledger: look.ledger,
    interrupted: look.interrupted,
    isOverridden: look.isOverridden,
    isObserving: operation !== undefined && policy.mode === 'observe',
    usesGroups: policy.needs.transitiveGroups || policy.needs.directGroups,
    userPrincipalName: nameOf(user, 'userPrincipalName'),
    displayName: nameOf(user, 'displayName'),
    usageLocation: holding.usageLocation,
    direct: directOf(holding),
    held: [...new Set([...holding.direct, ...holding.inherited].map(({ skuId }) => skuId))],
    granted: [...granted],
    operationText: operation === undefined ? '' : describeOperation(operation, input.catalogue),
    rolloutId: look.rollout?.id ?? null,
    leftFor: look.leftFor,
    readAt: input.now,
  };
}

/** The direct licenses as a row stores them. */
export function directOf({ direct }: Pick<Holding, 'direct'>): readonly License[] {
  return direct.map(({ skuId, disabledPlans }) => ({ skuId, disabledPlans }));
}

/** A name for people; null: Graph has none. */
export function nameOf(user: DirectoryUser, property: 'userPrincipalName' | 'displayName'): string | null {
  const value = user.properties[property];
  return typeof value === 'string' ? value : null;
}
