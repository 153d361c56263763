import { isoTime } from '../kernel/clock';
import type { Hint } from './messages';

type Also = {
  readonly crowd?: boolean | undefined;
  readonly rollout?: string | undefined;
  readonly retryToken?: string | undefined;
  readonly removed?: boolean | undefined;
  readonly group?: boolean | undefined;
};

/** A hint to reconcile this user. `seenAt`: milliseconds; when the change was first reported. Absent options are left out. */
export function lookHint(userId: string, source: Hint['source'], seenAt: number, also: Also = {}): Hint {
  const { crowd, rollout, retryToken, removed, group } = also;
  return {
    kind: 'look',
    user: { id: userId },
    source,
    seenAt: isoTime(seenAt),
    ...(rollout === undefined ? {} : { rollout }),
    ...(retryToken === undefined ? {} : { retryToken }),
    ...(crowd === true ? { crowd } : {}),
    ...(removed === true ? { removed } : {}),
    ...(group === true ? { group } : {}),
  };
}
