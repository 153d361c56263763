import { isoTime } from '../../kernel/clock';
import type { Services } from '../../pipeline/services';
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
  }[];
};

/** @throws UserError `ops/unknown-user` */
export async function userHistory(
  pipeline: Pick<Services, 'directory' | 'users'>,
  idOrUpn: string,
): Promise<UserHistory> {
  const { id, snapshot, record } = await findUserOrExplain(pipeline, idOrUpn);
  const name = snapshot?.user.properties['userPrincipalName'];
  const timeline = await pipeline.users.timeline(id);
  return {
    id,
    userPrincipalName: typeof name === 'string' ? name : (record.state?.userPrincipalName ?? null),
    entries: timeline.map(({ at, version, step, text, facts }) => ({
      at: isoTime(at),
      version,
      step,
      text,
      facts,
    })),
  };
}
