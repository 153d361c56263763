import { isDeepStrictEqual } from 'node:util';
import { kindsOf, toAttention } from '../../pipeline/observed/note-attention';
import { levelOf } from '../../pipeline/observed/count-work';
import type { Services } from '../../pipeline/services';
import type { AttentionStore } from '../../store/ports/ops/attention-store';
import { attentionKinds } from '../../store/ports/ops/attention';
import type { Attention, AttentionKind } from '../../store/ports/ops/attention';

/**
 * Reads all users' rows once: counts them by outcome, and makes the indexes of users who are not done, and of exceptions,
 * say what the rows say. Also for tenants of before there was an index.
 */
export async function repairAttention({
  users: rows,
  attention,
}: Pick<Services, 'users' | 'attention'>): Promise<{ readonly users: Record<string, number> }> {
  await rows.reindexExceptions();
  const listed = await readIndex(attention);
  const users: Record<string, number> = {};
  for await (const { userId, state } of rows.list()) {
    const level = levelOf(state);
    users[level] = (users[level] ?? 0) + 1;
    for (const kind of kindsOf(state)) {
      const entry = toAttention(userId, state);
      if (!isDeepStrictEqual(listed.get(kind)?.get(userId), entry)) await attention.put(kind, entry);
      listed.get(kind)?.delete(userId);
    }
  }
  for (const [kind, left] of listed) {
    for (const userId of left.keys()) await attention.remove(kind, userId);
  }
  return { users };
}

async function readIndex(attention: AttentionStore): Promise<ReadonlyMap<AttentionKind, Entries>> {
  const index = new Map<AttentionKind, Entries>();
  for (const kind of attentionKinds) {
    const entries: Entries = new Map();
    for await (const entry of attention.list(kind)) entries.set(entry.userId, entry);
    for await (const { userId, since } of attention.places(kind))
      if (since === null) entries.set(userId, null);
    index.set(kind, entries);
  }
  return index;
}

/** null: it is there, and is to be written anew. */
type Entries = Map<Attention['userId'], Attention | null>;
