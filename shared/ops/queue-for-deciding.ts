import { isoTime } from '../kernel/clock';
import { isGuid, toUserId } from '../kernel/ids';
import type { UserId } from '../kernel/ids';
import type { Pipeline } from '../pipeline/dependencies';
import type { Hint } from '../queue/messages';
import { identityOnly } from './find-user';

/** More users than this at once are a crowd: what is written for them gives way to joiners. */
const crowdSize = 50;
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
  pipeline: Pick<Pipeline, 'directory' | 'queues' | 'clock'>,
  selection: Selection,
): Promise<Queued> {
  const { ids, unknown } =
    selection.kind === 'group'
      ? { ids: await membersOf(pipeline, selection.group), unknown: [] }
      : await resolveUsers(pipeline, selection.users);
  const crowd = ids.length > crowdSize;
  const seenAt = isoTime(pipeline.clock.now());
  for (let from = 0; from < ids.length; from += hintsAtOnce) {
    await pipeline.queues.sendHints(
      ids.slice(from, from + hintsAtOnce).map((id): Hint => ({
        kind: 'look',
        user: { id },
        source: 'operator',
        seenAt,
        ...(crowd ? { crowd: true } : {}),
      })),
    );
  }
  return { queued: ids.length, users: ids, unknown, crowd };
}

async function membersOf({ directory }: Pick<Pipeline, 'directory'>, group: string): Promise<UserId[]> {
  const ids = new Set<UserId>();
  for await (const page of directory.groupMembers(group)) for (const id of page) ids.add(id);
  return [...ids];
}

async function resolveUsers(
  { directory }: Pick<Pipeline, 'directory'>,
  references: readonly string[],
): Promise<{ ids: UserId[]; unknown: string[] }> {
  const wanted = [...new Set(references)];
  const found = new Map<string, UserId | undefined>();
  let next = 0;
  const work = async () => {
    for (let reference = wanted[next++]; reference !== undefined; reference = wanted[next++]) {
      found.set(reference, await resolveUser(directory, reference));
    }
  };
  await Promise.all(Array.from({ length: Math.min(readersAtOnce, wanted.length) }, work));
  const ids = wanted.map((reference) => found.get(reference)).filter((id) => id !== undefined);
  return {
    ids: [...new Set(ids)],
    unknown: wanted.filter((reference) => found.get(reference) === undefined),
  };
}

/** Ids are looked up as well: a mistyped one would otherwise wait for ten minutes to be called gone. */
async function resolveUser(directory: Pipeline['directory'], reference: string): Promise<UserId | undefined> {
  const snapshot = await directory.findUser(
    isGuid(reference) ? toUserId(reference) : reference,
    identityOnly,
  );
  return snapshot?.user.id;
}
