import type { UserId } from '../../kernel/ids';
import { isDeepStrictEqual } from 'node:util';
import type { AttentionStore } from '../../store/ports/ops/attention-store';
import { attentionKinds } from '../../store/ports/ops/attention';
import type { Attention, AttentionKind } from '../../store/ports/ops/attention';
import type { UserState } from '../../words/user-state';
import { seatsOf, stoodSince } from '../row/standing/stood-since';
import type { UserWatcher } from './observe-users';

/**
 * Keeps the index of users who are not done, after each change of a row. Changes of one user are stored in their order: an
 * entry that is put late would stand beyond its removal. `onError` is told what could not be stored.
 */
export function makeAttentionNoter(
  attention: Pick<AttentionStore, 'put' | 'remove'>,
  onError: (error: unknown) => void,
): UserWatcher {
  const underWay = new Map<UserId, Promise<void>>();
  const store = (userId: UserId, changes: readonly (() => Promise<void>)[]) => {
    const all = async () => {
      await Promise.all(changes.map((change) => change().catch(onError)));
    };
    const earlier = underWay.get(userId);
    const stored = earlier === undefined ? all() : earlier.then(all);
    underWay.set(userId, stored);
    void stored.then(() => {
      if (underWay.get(userId) === stored) underWay.delete(userId);
    });
  };
  return ({ userId, before, after }) => {
    const [had, has] = [before === null ? [] : kindsOf(before), kindsOf(after)];
    if (had.length === 0 && has.length === 0) return;
    const isListed = (kind: AttentionKind) =>
      before !== null &&
      had.includes(kind) &&
      isDeepStrictEqual(toAttention(kind, userId, before), toAttention(kind, userId, after));
    const changes = [
      ...had.filter((kind) => !has.includes(kind)).map((kind) => () => attention.remove(kind, userId)),
      ...has
        .filter((kind) => !isListed(kind))
        .map((kind) => () => attention.put(kind, toAttention(kind, userId, after))),
    ];
    if (changes.length > 0) store(userId, changes);
  };
}

/** Under what a user stands in the index. */
export function kindsOf(state: UserState): readonly AttentionKind[] {
  const own = state.outcome ?? (state.retry === null ? undefined : 'underWay');
  const waits = seatsOf(state).length > 0;
  return attentionKinds.filter((kind) => own === kind || (kind === 'waiting' && waits));
}

/** A user's entry of this kind, made from the row. */
export function toAttention(kind: AttentionKind, userId: UserId, state: UserState): Attention {
  const waiting = state.skus.find(({ outcome }) => outcome === 'waiting');
  return {
    userId,
    userPrincipalName: state.userPrincipalName,
    since: stoodSince(state, kind === 'underWay' ? null : kind),
    skus: [...seatsOf(state)],
    reason:
      waiting?.reason ?? (state.outcome === null ? state.retry?.why : undefined) ?? state.reasons[0] ?? null,
  };
}
