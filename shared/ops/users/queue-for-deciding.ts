import { isGuid, toUserId } from '../../kernel/ids';
import type { UserId } from '../../kernel/ids';
import { mapConcurrently } from '../../kernel/concurrently';
import type { Services } from '../../pipeline/services';
import { bulkSize } from '../../pipeline/intake/bulk-pacer';
import { lookHint } from '../../queue/look-hint';
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
 * Queues users to be looked at and decided, as an operator asks for it. Nothing is assigned that the policy does
 * not say.
 * @throws UserError `graph/unknown-group`, `graph/ambiguous-group`
 */
export async function queueForDeciding(
  pipeline: Pick<Services, 'directory' | 'queues' | 'clock'>,
  selection: Selection,
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
  return { queued: ids.length, users: ids, unknown, crowd };
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
