import type { Services } from '../../pipeline/services';
import { checkForgotten } from './check-forgotten';
import { checkCensus } from './check-census';
import { checkDeltaPosition } from './changes/check-delta-position';
import { checkAuditLog } from './changes/check-audit-log';
import { checkKept } from './check-kept';
import { checkGaps } from './changes/check-gaps';
import { checkGroupPosition } from './changes/check-group-position';
import { checkLoad } from './check-load';
import { checkOwnPauses } from './check-own-pauses';
import { checkRollouts } from './check-rollouts';
import { checkRows } from './check-rows';
import { checkUsers, countAllUsers, mostRead } from './check-users';
import type { CountedUsers } from './check-users';
import { checkVerdict } from './check-verdict';
import type { StatusParts } from '../status/read-facts';
import { guarded, warn } from './finding';
import type { Finding, LookedBy } from './finding';
import { lookAtTenant } from './tenant/look-at-tenant';
import type { TenantParts } from './tenant/look-at-tenant';
import type { Gaps } from '../sources/read-gaps';
import { readOnce } from '../status/read-once';

export type Diagnosis = {
  /** No check failed; warnings are allowed. */
  readonly ok: boolean;
  readonly checks: readonly Finding[];
};

export type DoctorParts = Omit<TenantParts, 'pipeline'> & {
  /** Whose identity Graph, the tables and the queues are asked with. */
  readonly by: LookedBy;
  readonly pipeline: Services;
  /** What was found of Graph, the policy and the queues' settings. Absent: that is looked at now. */
  readonly tenant?: () => Promise<Readonly<Record<string, readonly Finding[]>>>;
  /** Absent: users are counted now, row by row. */
  readonly users?: () => Promise<CountedUsers>;
  /** Which sources brought news of users lately. Absent: the counters are not to be had. */
  readonly gaps?: () => Promise<Gaps>;
  readonly status: Pick<StatusParts, 'quotaClosedUntil' | 'objective' | 'counted'>;
};

/** Looks at everything the app depends on, changes nothing, and never throws: what cannot be asked has failed. */
export async function runDoctor(parts: DoctorParts): Promise<Diagnosis> {
  const { services: pipeline, inspector } = readOnce(parts.pipeline, parts.inspector);
  const look: Required<DoctorParts>['tenant'] =
    parts.tenant ?? (() => lookAtTenant({ ...parts, pipeline, inspector }));
  const looked = look();
  const ofTenant = (name: string) => guarded(name, async () => (await looked)[name] ?? [notKept(name)]);
  const found = await Promise.all([
    guarded('verdict', () => checkVerdict({ ...parts.status, services: pipeline, inspector }, parts.by)),
    ofTenant('graph'),
    ofTenant('policy'),
    ofTenant('seats'),
    ofTenant('queues'),
    guarded('load', () => checkLoad(pipeline, inspector, parts.by)),
    guarded('delta', () => checkDeltaPosition(pipeline)),
    guarded('groups', () => checkGroupPosition(pipeline)),
    ofTenant('subscription'),
    guarded('audit log', () => checkAuditLog(pipeline)),
    guarded('sources', async () => (parts.gaps === undefined ? [] : checkGaps(await parts.gaps()))),
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
    guarded('kept', () => checkKept(pipeline)),
    guarded('refused by Graph', () => checkOwnPauses(pipeline)),
  ]);
  const checks = found.flat();
  return { ok: checks.every(({ state }) => state !== 'fail'), checks };
}

/** Findings that a process of another version kept have no such check: that is not the same as nothing found. */
const notKept = (name: string) =>
  warn(
    name,
    'not looked at: the findings that were kept last do not have it',
    'Look again: `licenser doctor`, or POST /doctor.',
  );
