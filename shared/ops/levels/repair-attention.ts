import { isDeepStrictEqual } from 'node:util';
import { mapConcurrently } from '../../kernel/concurrently';
import type { UserId } from '../../kernel/ids';
import { readIfUsable } from '../../pipeline/crashes/unusable-row';
import { kindsOf, toAttention } from '../../pipeline/observed/note-attention';
import { levelOf } from '../../pipeline/observed/count-work';
import type { Services } from '../../pipeline/services';
import type { AttentionStore } from '../../store/ports/ops/attention-store';
import { attentionKinds } from '../../store/ports/ops/attention';
import type { Attention, AttentionKind } from '../../store/ports/ops/attention';

const correctedAtOnce = 8;

/**
 * Reads all users' rows once: counts them by outcome, and makes the indexes of users who are not done, and of exceptions,
 * say what the rows say. Also for tenants of before there was an index. What a row said when it was listed may have changed
 * since, and the index with it: each row is read again before its entries are changed.
 */
export async function repairAttention({
  users: rows,
  attention,
}: Pick<Services, 'users' | 'attention'>): Promise<{ readonly users: Record<string, number> }> {
  await rows.reindexExceptions();
  const index = await readIndex(attention);
  const users: Record<string, number> = {};
  const wrong = new Set<UserId>();
  const seen = new Set<UserId>();
  for await (const { userId, state } of rows.list()) {
    const level = levelOf(state);
    users[level] = (users[level] ?? 0) + 1;
    const listed = index.get(userId);
    if (listed !== undefined) seen.add(userId);
    const has = kindsOf(state);
    const isRight = has.every((kind) =>
      isDeepStrictEqual(listed?.get(kind), toAttention(kind, userId, state)),
    );
    if (!isRight || (listed?.size ?? 0) !== has.length) wrong.add(userId);
  }
  for (const userId of index.keys()) if (!seen.has(userId)) wrong.add(userId);
  await mapConcurrently([...wrong], correctedAtOnce, (userId) =>
    correct(rows, attention, userId, index.get(userId) ?? new Map()),
  );
  return { users };
}

/** Makes the entries of one user say what the row says now. `listed`: those that there were. */
async function correct(
  rows: Services['users'],
  attention: AttentionStore,
  userId: UserId,
  listed: Entries,
): Promise<void> {
  const state = (await readIfUsable(rows, userId))?.state ?? null;
  const has = state === null ? [] : kindsOf(state);
  for (const kind of listed.keys()) if (!has.includes(kind)) await attention.remove(kind, userId);
  if (state === null) return;
  for (const kind of has) {
    const entry = toAttention(kind, userId, state);
    if (!isDeepStrictEqual(listed.get(kind), entry)) await attention.put(kind, entry);
  }
}

async function readIndex(attention: AttentionStore): Promise<ReadonlyMap<UserId, Entries>> {
  const index = new Map<UserId, Map<AttentionKind, Attention | null>>();
  const note = (kind: AttentionKind, userId: UserId, entry: Attention | null) => {
    const entries = index.get(userId) ?? new Map<AttentionKind, Attention | null>();
    index.set(userId, entries.set(kind, entry));
  };
  for (const kind of attentionKinds) {
    for await (const entry of attention.list(kind)) note(kind, entry.userId, entry);
    for await (const { userId, since } of attention.places(kind))
      if (since === null) note(kind, userId, null);
  }
  return index;
}

/** Of one user. null: it is there, and is to be written anew. */
type Entries = ReadonlyMap<AttentionKind, Attention | null>;
