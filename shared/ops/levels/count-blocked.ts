import type { Blocked } from '../../store/ports/ops/levels';
import type { AttentionStore } from '../../store/ports/ops/attention-store';

/** Blocked users by reason, that of most users first: one repair often serves many. @throws TransientError */
export async function countBlocked(attention: Pick<AttentionStore, 'list'>): Promise<Blocked[]> {
  const byCode = new Map<string, Blocked>();
  for await (const { reason, since } of attention.list('blocked')) {
    const code = reason?.code ?? 'unknown';
    const known = byCode.get(code) ?? {
      code,
      text: reason?.text ?? 'its reason is not known',
      users: 0,
      since,
    };
    byCode.set(code, { ...known, users: known.users + 1, since: Math.min(known.since, since) });
  }
  return [...byCode.values()].sort((a, b) => b.users - a.users);
}
