import { GraphError } from '../../graph/refusals/graph-error';
import { ConcurrencyError } from '../../kernel/errors';
import { toUserId } from '../../kernel/ids';
import { timing } from '../../kernel/timing';
import { noNeeds } from '../../words/needs';
import type { ServicePlanId, SkuId } from '../../kernel/ids';
import { indexOfCatalogue } from '../../licensing/catalogue/catalogue-index';
import { makeCatalogue } from '../../licensing/catalogue/catalogue';
import type { Catalogue } from '../../licensing/catalogue/catalogue';
import { judgeProvisioning } from '../../licensing/service-plans/judge-provisioning';
import type { ProvisioningVerdict } from '../../licensing/service-plans/judge-provisioning';
import type { Hint } from '../../queue/messages';
import type { Reason } from '../../words/reason';
import type { UserRecord } from '../../store/ports/user-store';
import type { Services } from '../services';
import type { PerformServices } from '../perform';
import type { Task } from '../task';
import { holdingOf } from '../look/look-at-user';
import { advance } from '../perform';
import { awaitsVerification } from '../row/verified';

/**
 * The handler of `verify` hints: has the last write reached the services? One Graph request (2 resource units) as a
 * rule. Yes: the row says when. Not yet: again, later. Not within a day: a failure; the license itself stands.
 * @throws ConcurrencyError never: it reads the row again
 */
export async function verifyUser(services: PerformServices, task: Task, hint: Hint): Promise<void> {
  const userId = toUserId(hint.user.id);
  const writtenAt = Number(hint.retryToken);
  let record = await services.users.read(userId);
  if (!awaitsVerification(record, writtenAt)) return;
  const elapsedMs = services.clock.now() - writtenAt;
  let verdict: ProvisioningVerdict;
  // Until the SKUs have been read, plans have no names, and none is open.
  let catalogue = makeCatalogue([]);
  try {
    ({ catalogue } = await services.catalogue.read());
    verdict = await judge(services, record, catalogue);
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    if (error.class === 'gone' && elapsedMs >= timing.row.unknownUser.ms) return;
    // A throttled read too: it is no attempt, and the look comes again. Whatever else it is may pass; what does not is reported when the time is over.
    verdict = { kind: 'pending', needsAdmin: [], open: [] };
  }
  const isAccepted =
    verdict.kind === 'done' || (verdict.kind === 'awaiting' && elapsedMs >= timing.row.confirmPlans.ms);
  const event = {
    kind: 'verified',
    writtenAt,
    verdict: isAccepted ? 'inService' : 'pending',
    text: describe(verdict, catalogue),
    failure: notInService(verdict, catalogue),
    isBulk: hint.crowd === true,
    verifyAfterMs: services.settings.verifyAfterMs,
  } as const;
  for (;;) {
    try {
      await advance(services, task, record, event);
      return;
    } catch (error) {
      if (!(error instanceof ConcurrencyError)) throw error;
      record = await services.users.read(userId);
    }
  }
}

async function judge(
  { directory }: Pick<Services, 'directory'>,
  { userId, state, ledger }: UserRecord,
  catalogue: Catalogue,
): Promise<ProvisioningVerdict> {
  const ours = new Set(ledger.map(({ skuId }) => skuId));
  const licenses = (state?.lastWrite?.after ?? []).filter(({ skuId }) => ours.has(skuId));
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

function notInService({ open }: ProvisioningVerdict, catalogue: Catalogue): Reason {
  const names = namesOf(open, catalogue);
  return {
    code: 'verify/not-in-service',
    text: `A day after the license was written, ${names === '' ? 'its plans could not be read' : `${names} is not as decided`}.`,
    servicePlanIds: open,
  };
}
