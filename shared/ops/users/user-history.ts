import { isoTime } from '../../kernel/clock';
import type { Services } from '../../pipeline/services';
import type { Rollout } from '../../words/rollout';
import type { TimelineEntry } from '../../words/timeline';
import { findUserOrExplain } from './find-user';

/** A user's recorded story, oldest first. */
export type UserHistory = {
  readonly id: string;
  readonly userPrincipalName: string | null;
  readonly entries: readonly {
    /** ISO 8601. */
    readonly at: string;
    readonly version: number;
    readonly step: string;
    readonly text: string;
    readonly facts: Readonly<Record<string, unknown>>;
    /** Who did this, or asked for the rollout that it is of; null: the product by itself, or the rollout is forgotten. */
    readonly by: string | null;
    /** Who approved that rollout. */
    readonly approvedBy: string | null;
  }[];
};

/** @throws UserError `ops/unknown-user` */
export async function userHistory(
  pipeline: Pick<Services, 'directory' | 'rollouts' | 'users'>,
  idOrUpn: string,
): Promise<UserHistory> {
  const { id, snapshot, record } = await findUserOrExplain(pipeline, idOrUpn);
  const name = snapshot?.user.properties['userPrincipalName'];
  const timeline = await pipeline.users.timeline(id);
  const rollouts = await readRollouts(pipeline, timeline);
  return {
    id,
    userPrincipalName: typeof name === 'string' ? name : (record.state?.userPrincipalName ?? null),
    entries: timeline.map((entry) => {
      const { at, version, step, text, facts } = entry;
      const rollout = rollouts.get(rolloutOf(entry) ?? '');
      const by = typeof facts['by'] === 'string' ? facts['by'] : (rollout?.by ?? null);
      return { at: isoTime(at), version, step, text, facts, by, approvedBy: rollout?.approvedBy ?? null };
    }),
  };
}

const rolloutOf = ({ facts }: TimelineEntry): string | undefined =>
  typeof facts['rollout'] === 'string' ? facts['rollout'] : undefined;

/** The rollouts of a story, each read once: a user is changed by few of them. */
async function readRollouts(
  { rollouts }: Pick<Services, 'rollouts'>,
  timeline: readonly TimelineEntry[],
): Promise<ReadonlyMap<string, Rollout>> {
  const ids = new Set(timeline.map(rolloutOf).filter((id) => id !== undefined));
  const found = await Promise.all([...ids].map((id) => rollouts.read(id)));
  return new Map(found.flatMap((rollout) => (rollout === undefined ? [] : [[rollout.id, rollout]])));
}
