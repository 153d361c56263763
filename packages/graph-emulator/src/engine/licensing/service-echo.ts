import { commitUser, logUserChange } from '../history/commit';
import type { EngineContext } from '../context';
import { assignmentsInForce } from './license-state';
import type { UserRecord } from '../records';
import { pickFrom } from '../settings';

/** Exchange Online plans that bring a mailbox, and with it addresses. */
const mailboxPlans: ReadonlySet<string> = new Set([
  'EXCHANGE_S_STANDARD',
  'EXCHANGE_S_ENTERPRISE',
  'EXCHANGE_S_DESKLESS',
  'EXCHANGE_S_ESSENTIALS',
  'EXCHANGE_B_STANDARD',
]);
const writtenBack: readonly string[] = ['assignedPlans', 'provisionedPlans'];
const writtenBackWithMailbox: readonly string[] = [...writtenBack, 'mail', 'proxyAddresses'];

/**
 * A while after a license change the services write back: assigned plans, and the addresses of a new mailbox. So an
 * own write brings further notifications.
 * https://learn.microsoft.com/entra/fundamentals/licensing-groups-resolve-problems (proxy addresses)
 */
export function scheduleServiceEcho(context: EngineContext, user: UserRecord): void {
  const delay = pickFrom(context.settings.echoMs, context.random());
  scheduleEchoAt(context, user, Math.ceil(context.clock.now() + delay));
}

/** The same at a given time (ms): work that an earlier run left behind. */
export function scheduleEchoAt(context: EngineContext, user: UserRecord, at: number): void {
  const { echoes, clock } = context;
  const others = echoes.get(at);
  if (others) {
    others.push(user);
    return;
  }
  const users = [user];
  echoes.set(at, users);
  clock.schedule(at, () => {
    echoes.delete(at);
    for (const due of users) echo(context, due);
  });
}

function echo(context: EngineContext, user: UserRecord): void {
  if (user.isGone || user.deletedAt !== null) return;
  const { properties } = user.version;
  const address = properties.userPrincipalName;
  if (typeof address === 'string' && (properties.mail ?? null) === null && hasMailbox(context, user)) {
    const next = { ...properties, mail: address, proxyAddresses: [`SMTP:${address}`] };
    commitUser(context, user, { properties: next }, writtenBackWithMailbox);
  } else {
    // What the services write follows from the licenses: the user's record stays as it is.
    logUserChange(context, user, writtenBack, 'updated');
  }
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
