import { isGuid, toUserId } from '../../kernel/ids';
import type { UserId } from '../../kernel/ids';
import { mapConcurrently } from '../../kernel/concurrently';
import type { Services } from '../../pipeline/services';
import { bulkSize } from '../../pipeline/intake/bulk-pacer';
import { lookHint } from '../../queue/look-hint';
import { recordAction } from '../audit/operator';
import type { Operator } from '../audit/operator';
import { identityOnly } from './find-user';

const readersAtOnce = 8;
const hintsAtOnce = 1_000;

export type Selection =
  /** Ids or userPrincipalNames. */
  | { readonly kind: 'users'; readonly users: readonly string[] }
  /** An id or a display name; members of the groups inside it too. */
  | { readonly kind: 'group'; readonly group: string };

export type Queued = {
  readonly queued: number;
  readonly users: readonly string[];
  /** What the tenant does not know; the others are queued all the same. */
  readonly unknown: readonly string[];
  /** Their writes give way to joiners. */
  readonly crowd: boolean;
};

/**
 * Queues users to be read again and decided, as an operator asks for it. Nothing is assigned that the policy does
 * not say. The audit says who asked, for whom, and how many.
 * @throws UserError `graph/unknown-group`, `graph/ambiguous-group`
 */
export async function queueForDeciding(
  pipeline: Pick<Services, 'directory' | 'queues' | 'clock' | 'audit'>,
  selection: Selection,
  operator: Operator,
): Promise<Queued> {
  const { ids, unknown } =
    selection.kind === 'group'
      ? { ids: await membersOf(pipeline, selection.group), unknown: [] }
      : await resolveUsers(pipeline, selection.users);
  const crowd = ids.length > bulkSize;
  const seenAt = pipeline.clock.now();
  for (let from = 0; from < ids.length; from += hintsAtOnce) {
    await pipeline.queues.sendHints(
      ids.slice(from, from + hintsAtOnce).map((id) => lookHint(id, 'operator', seenAt, { crowd })),
    );
  }
  await recordAction(pipeline, operator, 'user/apply', subjectOf(selection, ids), {
    ...(selection.kind === 'group' ? { group: selection.group } : { users: ids.slice(0, 100) }),
    queued: ids.length,
    unknown: unknown.length,
  });
  return { queued: ids.length, users: ids, unknown, crowd };
}

/** One user by id, a group by its name, more users by their number. */
function subjectOf(selection: Selection, ids: readonly UserId[]): string {
  if (selection.kind === 'group') return `group ${selection.group}`;
  return ids.length === 1 ? (ids[0] ?? '') : `${String(ids.length)} users`;
}

async function membersOf({ directory }: Pick<Services, 'directory'>, group: string): Promise<UserId[]> {
  const ids = new Set<UserId>();
  for await (const page of directory.groupMembers(group)) for (const id of page) ids.add(id);
  return [...ids];
}

async function resolveUsers(
  { directory }: Pick<Services, 'directory'>,
  references: readonly string[],
): Promise<{ ids: UserId[]; unknown: string[] }> {
  const wanted = [...new Set(references)];
  const found = await mapConcurrently(wanted, readersAtOnce, (reference) =>
    resolveUser(directory, reference),
  );
  return {
    ids: [...new Set(found.filter((id) => id !== undefined))],
    unknown: wanted.filter((_, index) => found[index] === undefined),
  };
}

/** Ids are looked up as well: a mistyped one would otherwise wait for ten minutes to be called gone. */
async function resolveUser(directory: Services['directory'], reference: string): Promise<UserId | undefined> {
  const snapshot = await directory.findUser(
    isGuid(reference) ? toUserId(reference) : reference,
    identityOnly,
  );
  return snapshot?.user.id;
}
