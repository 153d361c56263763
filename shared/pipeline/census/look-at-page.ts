import type { UserPage } from '../../graph/directory';
import { readIfUsable } from '../crashes/unusable-row';
import type { Services } from '../services';
import { nameOf } from '../look/seen-user';
import type { CensusState, Followed } from './census-state';
import { judgeRow } from './judge-row';
import { mapConcurrently } from '../../kernel/concurrently';
import { readersAtOnce } from './read-page';
import type { CensusTenant } from './read-page';

/** So many of those who drifted are remembered by name; the rest are counted. */
const mostNamed = 20;

/** The state after these users: what they add to the counts, and who is to be looked at. */
export async function lookAtPage(
  services: Pick<Services, 'clock' | 'metrics' | 'users'>,
  tenant: CensusTenant,
  state: CensusState,
  { users, odd }: Pick<UserPage, 'users' | 'odd'>,
): Promise<CensusState> {
  const counts = { ...state.counts };
  const drift = [...state.drift];
  const pending: Followed[] = [];
  const followed: Followed[] = [];
  const judged = await mapConcurrently(users, readersAtOnce, async (user) => {
    const record = await readIfUsable(services.users, user.id);
    // The look that this one gets makes a failure of it, which people can see.
    if (record === undefined) return { user };
    const look = await tenant.judge(record, user);
    return { user, record, look, verdict: judgeRow(record, look) };
  });
  for (const { user, record, look, verdict } of judged) {
    const one: Followed = { id: user.id, version: record?.state?.version ?? null };
    counts.users++;
    if (record === undefined) {
      pending.push(one);
      continue;
    }
    if (verdict.inScope) counts.inScope++;
    if (verdict.isWithoutOutcome) counts.withoutOutcome++;
    if (verdict.isUntold && state.reason !== 'first start' && state.isFirst !== true) {
      counts.untold++;
      services.metrics.gap('delta', 'census');
    }
    if (verdict.kind === 'look') pending.push(one);
    else if (verdict.isWithoutOutcome && record.state?.retry === null) followed.push(one);
    const [finding] = look.decision.findings.filter(({ code }) => code.startsWith('drift/'));
    if (finding === undefined) continue;
    counts.drifted++;
    if (drift.length >= mostNamed) continue;
    drift.push({
      id: user.id,
      userPrincipalName: nameOf(user, 'userPrincipalName') ?? record.state?.userPrincipalName ?? null,
      text: finding.text,
    });
  }
  for (const id of odd) {
    counts.users++;
    pending.push({ id, version: (await readIfUsable(services.users, id))?.state?.version ?? null });
  }
  counts.looks += pending.length;
  return {
    ...state,
    counts,
    drift,
    pending: [...state.pending, ...pending],
    followed: [...state.followed, ...followed],
    ...(state.followed.length === 0 ? { followedSince: services.clock.now() } : {}),
  };
}
