import type { SkuId } from '../../kernel/ids';
import type { Situation } from '../situation';
import type { WhoseLicense } from '../reasons/whose-license';

/** Whose `other` is, which stands in the way of `skuId`. */
export function whoseLicense(situation: Situation, skuId: SkuId, other: SkuId): WhoseLicense {
  const { direct, inherited, owned, exclusive, input } = situation;
  const isExclusive = exclusive.some((group) => group.includes(skuId) && group.includes(other));
  if (direct.has(other) && !owned.has(other)) return { kind: 'byHand', isExclusive, groups: [] };
  const from = inherited.get(other);
  if (direct.has(other) || from === undefined) return { kind: 'policy', isExclusive, groups: [] };
  const names = new Map<string, string>(
    input.memberships.transitive?.map(({ id, displayName }) => [id.toLowerCase(), displayName]),
  );
  const groups = from.map(({ groupId }) => names.get(groupId.toLowerCase()) ?? groupId);
  return { kind: 'inherited', isExclusive, groups: [...new Set(groups)].sort() };
}
