import type { Services } from '../../pipeline/services';
import type { PolicyFile } from './check-policy-names';
import { checkForgotten } from './check-forgotten';
import { checkCensus } from './check-census';
import { checkDeltaPosition } from './changes/check-delta-position';
import { checkGraph } from './check-graph';
import { checkGroupPosition } from './changes/check-group-position';
import type { ReadClaims } from './check-graph';
import { checkLoad } from './check-load';
import { checkOwnPauses } from './check-own-pauses';
import { checkPolicyNames } from './check-policy-names';
import { checkQueues } from './check-queues';
import type { ExpectedQueue } from '../../queue/expected-queues';
import { checkRollouts } from './check-rollouts';
import { checkRows } from './check-rows';
import { checkSeats } from './check-seats';
import { checkSubscription } from './check-subscription';
import { checkUsers, countAllUsers, mostRead } from './check-users';
import type { CountedUsers } from './check-users';
import { checkVerdict } from './check-verdict';
import type { StatusParts } from '../status/read-facts';
import { guarded } from './finding';
import type { Finding } from './finding';
import type { QueueInspector } from '../../queue/queue-inspector';

export type Diagnosis = {
  /** No check failed; warnings are allowed. */
  readonly ok: boolean;
  readonly checks: readonly Finding[];
};

export type DoctorParts = {
  readonly pipeline: Services;
  readonly inspector: QueueInspector;
  /** The policy's file, as text: its names are checked against the tenant with line and column. */
  readonly policyFile: PolicyFile;
  readonly readClaims: ReadClaims;
  readonly expectedQueues: readonly ExpectedQueue[];
  /** Absent: users are counted now, row by row. */
  readonly users?: () => Promise<CountedUsers>;
  readonly status: Pick<StatusParts, 'quotaClosedUntil' | 'objective' | 'counted'>;
};

/** Looks at everything the app depends on, changes nothing, and never throws: what cannot be asked has failed. */
export async function runDoctor(parts: DoctorParts): Promise<Diagnosis> {
  const { pipeline, inspector } = parts;
  const found = await Promise.all([
    guarded('verdict', () => checkVerdict({ ...parts.status, services: pipeline, inspector })),
    guarded('graph', () => checkGraph(pipeline, parts.readClaims)),
    guarded('policy', () => checkPolicyNames(pipeline, parts.policyFile)),
    guarded('seats', () => checkSeats(pipeline)),
    guarded('queues', () => checkQueues(inspector, parts.expectedQueues)),
    guarded('load', () => checkLoad(pipeline, inspector)),
    guarded('delta', () => checkDeltaPosition(pipeline)),
    guarded('groups', () => checkGroupPosition(pipeline)),
    guarded('subscription', () => checkSubscription(pipeline)),
    guarded('rows', () => checkRows(pipeline, parts.users === undefined ? 'all' : 'noted')),
    guarded('users', () =>
      checkUsers(
        parts.users ?? (() => countAllUsers(pipeline)),
        pipeline.attention.list('blocked', { limit: mostRead }),
      ),
    ),
    guarded('paused', () => checkForgotten(pipeline)),
    guarded('rollouts', () => checkRollouts(pipeline)),
    guarded('census', () => checkCensus(pipeline)),
    guarded('refused by Graph', () => checkOwnPauses(pipeline)),
  ]);
  const checks = found.flat();
  return { ok: checks.every(({ state }) => state !== 'fail'), checks };
}
