import { GraphError } from '../../graph/graph-error';
import { ConcurrencyError } from '../../kernel/errors';
import { toUserId } from '../../kernel/ids';
import type { ServicePlanId, SkuId, UserId } from '../../kernel/ids';
import { indexOfCatalogue } from '../../licensing/catalogue/catalogue-index';
import type { Catalogue } from '../../licensing/catalogue/catalogue';
import { judgeProvisioning } from '../../licensing/service-plans/judge-provisioning';
import { noNeeds } from '../../words/needs';
import type { ProvisioningVerdict } from '../../licensing/service-plans/judge-provisioning';
import type { Hint } from '../../queue/messages';
import type { Services } from '../services';
import type { Task } from '../task';
import { holdingOf } from '../look/look-at-user';
import { recordFailure } from '../row/record-failure';
import { scheduleVerify, verifyForMs } from '../row/schedule-verify';
import type { Reason } from '../../words/reason';
import type { UserRecord } from '../../store/ports/user-store';
import type { UserState } from '../../words/user-state';

/** A service that has not confirmed a plan by then may never do so, without harm: the license is there. */
const confirmMs = 30 * 60_000;
/** A fresh user may be unknown to a replica for minutes; after that, whether they are gone is for looks to find out. */
const unknownMs = 10 * 60_000;

/**
 * The handler of `verify` hints: has the last write reached the services? One Graph request (2 resource units) as a
 * rule. Yes: the row says when. Not yet: again, later. Not within a day: a failure; the license itself stands.
 */
export async function verifyUser(services: Services, task: Task, hint: Hint): Promise<void> {
  const userId = toUserId(hint.user.id);
  const record = await services.users.read(userId);
  const written = writtenBy(record, hint);
  if (written === undefined) return;
  const { catalogue } = await services.catalogue.read();
  const elapsedMs = services.clock.now() - written.writtenAt;
  let verdict: ProvisioningVerdict;
  try {
    verdict = await judge(services, userId, written, catalogue);
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    if (error.class === 'gone' && elapsedMs >= unknownMs) return;
    // Whatever else it is may pass; what does not is said when the time is over.
    verdict = { kind: 'pending', needsAdmin: [], open: [] };
  }
  const isAccepted = verdict.kind === 'done' || (verdict.kind === 'awaiting' && elapsedMs >= confirmMs);
  if (isAccepted) await recordVerified(services, hint, describe(verdict, catalogue));
  else if (elapsedMs < verifyForMs) {
    await scheduleVerify(services, task, userId, written.writtenAt, hint.crowd === true);
  } else await giveUpVerifying(services, task, userId, verdict, catalogue);
}

type Written = {
  readonly writtenAt: number;
  readonly licenses: NonNullable<UserState['lastWrite']>['after'];
};

/** The write that this hint is about, unless a later one has replaced it or it is verified already. */
function writtenBy({ state, ledger }: UserRecord, hint: Hint): Written | undefined {
  const { writtenAt = null, lastWrite = null, verifiedAt = null } = state ?? {};
  if (writtenAt === null || lastWrite === null || String(writtenAt) !== hint.retryToken) return undefined;
  if (verifiedAt !== null && verifiedAt >= writtenAt) return undefined;
  const ours = new Set(ledger.map(({ skuId }) => skuId));
  return { writtenAt, licenses: lastWrite.after.filter(({ skuId }) => ours.has(skuId)) };
}

async function judge(
  { directory }: Services,
  userId: UserId,
  { licenses }: Written,
  catalogue: Catalogue,
): Promise<ProvisioningVerdict> {
  const details = await directory.readLicenseDetails(userId);
  const verdict = judgeProvisioning(licenses, details, catalogue);
  if (verdict.kind !== 'unclear') return verdict;
  const snapshot = await directory.readUser(userId, noNeeds);
  if (snapshot === undefined) return verdict;
  const inherited = new Map<SkuId, ReadonlySet<ServicePlanId>>();
  for (const { skuId, disabledPlans } of holdingOf(snapshot.user).inherited) {
    const on = indexOfCatalogue(catalogue)
      .userPlans(skuId)
      .filter((plan) => !disabledPlans.includes(plan));
    inherited.set(skuId, new Set([...(inherited.get(skuId) ?? []), ...on]));
  }
  return judgeProvisioning(licenses, details, catalogue, inherited);
}

function describe(verdict: ProvisioningVerdict, catalogue: Catalogue): string {
  const names = namesOf(verdict.open, catalogue);
  const admin = namesOf(verdict.needsAdmin, catalogue);
  return [
    names === ''
      ? 'every plan is in service as decided'
      : `every plan but ${names} is confirmed by its service`,
    ...(admin === '' ? [] : [`${admin} needs an admin to activate it`]),
  ].join('; ');
}

function namesOf(plans: readonly ServicePlanId[], catalogue: Catalogue): string {
  return plans.map((plan) => indexOfCatalogue(catalogue).planName(plan)).join(', ');
}

async function recordVerified(services: Services, hint: Hint, text: string): Promise<void> {
  const userId = toUserId(hint.user.id);
  for (;;) {
    const record = await services.users.read(userId);
    const { state } = record;
    if (state === null || writtenBy(record, hint) === undefined) return;
    const now = services.clock.now();
    // An earlier write may not have been verified in time.
    if (state.tries > 1) await services.failures.settle(userId, now);
    try {
      await services.users.commit(record, {
        state: { ...state, verifiedAt: now },
        timeline: [{ version: state.version, step: 'verified', at: now, text, facts: {} }],
      });
      return;
    } catch (error) {
      if (!(error instanceof ConcurrencyError)) throw error;
    }
  }
}

async function giveUpVerifying(
  services: Services,
  task: Task,
  userId: UserId,
  verdict: ProvisioningVerdict,
  catalogue: Catalogue,
): Promise<void> {
  const names = namesOf(verdict.open, catalogue);
  const reason: Reason = {
    code: 'verify/not-in-service',
    text: `A day after the license was written, ${names === '' ? 'its plans could not be read' : `${names} is not as decided`}.`,
    servicePlanIds: verdict.open,
  };
  await recordFailure(services, task, userId, { class: 'verify' }, reason);
}
