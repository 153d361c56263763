import { commitUser } from './commit';
import type { EngineContext } from './context';
import { assignmentsInForce } from './license-state';
import type { UserRecord } from './records';
import { pickFrom } from './settings';

/** Exchange Online plans that bring a mailbox, and with it addresses. */
const mailboxPlans: ReadonlySet<string> = new Set([
  'EXCHANGE_S_STANDARD',
  'EXCHANGE_S_ENTERPRISE',
  'EXCHANGE_S_DESKLESS',
  'EXCHANGE_S_ESSENTIALS',
  'EXCHANGE_B_STANDARD',
]);
const writtenBack: readonly string[] = ['assignedPlans', 'provisionedPlans'];

/**
 * A while after a license change the services write back: assigned plans, and the addresses of a new mailbox. So an
 * own write brings further notifications.
 * https://learn.microsoft.com/entra/fundamentals/licensing-groups-resolve-problems (proxy addresses)
 */
export function scheduleServiceEcho(context: EngineContext, user: UserRecord): void {
  const delay = pickFrom(context.settings.echoMs, context.random());
  context.clock.schedule(context.clock.now() + delay, () => {
    if (user.isGone || user.deletedAt !== null) return;
    const { properties } = user.version;
    const address = properties.userPrincipalName;
    if (typeof address === 'string' && (properties.mail ?? null) === null && hasMailbox(context, user)) {
      const next = { ...properties, mail: address, proxyAddresses: [`SMTP:${address}`] };
      commitUser(context, user, { properties: next }, [...writtenBack, 'mail', 'proxyAddresses']);
    } else {
      commitUser(context, user, {}, writtenBack);
    }
  });
}

function hasMailbox(context: EngineContext, user: UserRecord): boolean {
  return assignmentsInForce(user.version).some(({ skuId, disabledPlans }) =>
    context.tenant.skus
      .get(skuId)
      ?.plans.some(
        ({ servicePlanId, servicePlanName }) =>
          mailboxPlans.has(servicePlanName) && !disabledPlans.includes(servicePlanId),
      ),
  );
}
