import { isoTime } from '../../kernel/clock';
import { describePlannedChange } from './describe-planned-change';
import type { Services } from '../../pipeline/services';
import { collect, readConcurrently } from '../../kernel/concurrently';
import { countMembers, isLarge } from '../../pipeline/rollouts/count-members';
import { nameOfUser } from '../users/user-names';
import { findRollout, unknownRollout } from './change-rollout';
import type { Reason } from '../../words/reason';
import { noMembers } from '../../words/rollout';
import type { MemberState, Rollout } from '../../words/rollout';

/** A rollout for people; times are ISO 8601. */
export type RolloutView = Pick<Rollout, 'id' | 'kind' | 'state' | 'by' | 'why' | 'approvedBy'> & {
  readonly policyHash: string;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly approvalReasons: readonly Reason[];
  readonly counts: Readonly<Record<MemberState, number>>;
  readonly members: number;
  /** While it runs: when the last member will have been written to, if all of our quota is left to it. */
  readonly finishAt: string | null;
};

export type RolloutFilter = {
  readonly state?: Rollout['state'];
  /** The id of the rollout behind whom the page begins: newer ones that come meanwhile move nothing. */
  readonly after?: string;
  /** So many from there are left out. */
  readonly skip?: number;
  readonly limit?: number;
};

export type MemberView = {
  readonly id: string;
  readonly userPrincipalName: string | null;
  readonly state: MemberState;
  readonly outcome: string | null;
  readonly reason: string | null;
  /** What the plan said would be written; null: there was no plan. */
  readonly planned: string | null;
};

/** Newest first, with their progress; `state`: only these, `limit`: so many at most. @throws UserError `rollout/unknown` */
export async function listRollouts(
  pipeline: Pick<Services, 'clock' | 'rollouts' | 'settings'>,
  { state, after, skip = 0, limit = Infinity }: RolloutFilter = {},
): Promise<readonly RolloutView[]> {
  const all = await pipeline.rollouts.list();
  const last = after === undefined ? -1 : all.findIndex(({ id }) => id === after);
  // It was forgotten meanwhile, or there never was such a one: the first page again would have no end.
  if (after !== undefined && last < 0) throw unknownRollout(after);
  const wanted = all
    .slice(last + 1)
    .filter((one) => state === undefined || one.state === state)
    .slice(skip, skip + limit);
  return collect(readConcurrently(wanted, (one) => toView(pipeline, one)));
}

/** @throws UserError `rollout/unknown` */
export async function showRollout(
  pipeline: Pick<Services, 'clock' | 'rollouts' | 'settings'>,
  id: string,
): Promise<RolloutView> {
  return toView(pipeline, await findRollout(pipeline, id));
}

export type MemberOptions = {
  readonly state?: MemberState;
  /** The id of the user behind whom the page begins. */
  readonly after?: string;
  /** So many from there are read and left out: `after` costs nothing. */
  readonly skip?: number;
  readonly limit?: number;
};

/** Who changed, who did not, and why: by user id. @throws UserError `rollout/unknown` */
export async function listMembers(
  pipeline: Pick<Services, 'catalogue' | 'clock' | 'rollouts' | 'users'>,
  id: string,
  { state, after, skip = 0, limit = Infinity }: MemberOptions = {},
): Promise<readonly MemberView[]> {
  await findRollout(pipeline, id);
  const span = { limit: skip + limit, ...(after === undefined ? {} : { after }) };
  const page = (await collect(pipeline.rollouts.members(id, state, span))).slice(skip);
  const { catalogue } = await pipeline.catalogue.read();
  const views: MemberView[] = [];
  const named = readConcurrently(page, async (member) => ({
    member,
    name: await nameOfUser(pipeline, member.userId),
  }));
  for await (const { member, name } of named) {
    views.push({
      id: member.userId,
      userPrincipalName: name,
      state: member.state,
      outcome: member.outcome,
      reason: member.reason?.text ?? null,
      planned: member.plannedChange === null ? null : describePlannedChange(member.plannedChange, catalogue),
    });
  }
  return views;
}

/** As its row says, where that is the truth or counting would take long; else counted now. */
async function countsOf(
  pipeline: Pick<Services, 'clock' | 'rollouts' | 'settings'>,
  rollout: Rollout,
): Promise<Record<MemberState, number>> {
  const { id, state, endedAt, counted, members } = rollout;
  if (counted !== undefined && (endedAt !== null || isLarge(rollout)))
    return { ...noMembers(), ...counted.states };
  // None of them has been fed yet.
  if (state === 'awaiting') return { ...noMembers(), pending: members };
  return (await countMembers(pipeline, id)).states as Record<MemberState, number>;
}

async function toView(
  pipeline: Pick<Services, 'clock' | 'rollouts' | 'settings'>,
  rollout: Rollout,
): Promise<RolloutView> {
  const counts = await countsOf(pipeline, rollout);
  const members = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const left = counts.pending + counts.queued;
  const { writesPerSecond } = pipeline.settings;
  const time = (at: number | null) => (at === null ? null : isoTime(at));
  return {
    id: rollout.id,
    kind: rollout.kind,
    state: rollout.state,
    by: rollout.by,
    why: rollout.why,
    approvedBy: rollout.approvedBy,
    policyHash: rollout.policyHash,
    createdAt: isoTime(rollout.createdAt),
    startedAt: time(rollout.startedAt),
    endedAt: time(rollout.endedAt),
    approvalReasons: rollout.approvalReasons,
    counts,
    members,
    finishAt:
      rollout.state === 'running'
        ? isoTime(pipeline.clock.now() + Math.ceil((left / writesPerSecond) * 1_000))
        : null,
  };
}
