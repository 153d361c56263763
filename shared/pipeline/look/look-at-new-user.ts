import type { Policy } from '../../policy/policy';
import type { UserRecord } from '../../store/ports/user-store';
import { soughtSeats } from '../../licensing/seats/sought-seats';
import { pauseInForce } from '../pauses/pause-gate';
import { skuScopes } from '../pauses/pause-scope';
import type { Services } from '../services';
import { lookAtUser, policiesFor, readSetting, seeSnapshot, withNames } from './look-at-user';
import type { Look, LookServices } from './look-at-user';
import type { SeenUser } from './seen-user';

/**
 * The first look at a user, whom no look has seen: without memberships, which cost as much again as the user, where the
 * user's properties alone show that something is to be written. Nothing is written by this look: what writes reads the user
 * with all memberships and decides again, and a rule that is undecided takes nothing away. Where properties do not show it, the
 * memberships are read at once.
 * @throws GraphError, UserError
 */
export async function lookAtNewUser(
  services: LookServices & Pick<Services, 'pauses'>,
  record: UserRecord,
): Promise<Look> {
  const policies = await policiesFor(services, record, null);
  const { needs, own } = policies;
  if (!mayDoWithoutGroups(own.policy)) return lookAtUser(services, record);
  const { userId } = record;
  const [part, setting] = await Promise.all([
    services.directory.readUser(
      userId,
      withNames({ ...needs, directGroups: false, transitiveGroups: false }),
    ),
    readSetting(services, policies),
  ]);
  if (part === undefined) return { kind: 'missing' };
  const look = await seeSnapshot(services, record, null, setting, part);
  if (isEnough(look) && !(await isPaused(services, look)))
    return { ...withoutUndecided(look), isWithoutGroups: true };
  const groups = await services.directory.readGroups(userId, needs);
  if (groups === undefined) return { kind: 'missing' };
  const { direct, transitive } = groups;
  const properties = { ...part.user.properties, ...(direct === undefined ? {} : { memberOf: direct }) };
  const whole = { user: { ...part.user, properties }, transitiveGroups: transitive };
  return seeSnapshot(services, record, null, setting, whole);
}

/** Groups are asked for, and a rule asks for none. */
function mayDoWithoutGroups({ needs, rules, mode }: Policy): boolean {
  const asksForGroups = needs.directGroups || needs.transitiveGroups;
  return mode !== 'observe' && asksForGroups && rules.some(({ memberOf }) => memberOf.length === 0);
}

/** Something is to be written whatever the memberships are: what they may change of it, the write's own look finds. */
function isEnough({ decision, hold }: SeenUser): boolean {
  const { operation, skus } = decision;
  return operation !== undefined && hold === null && soughtSeats(skus).length === 0;
}

/** A pause of one of the SKUs would be met for a SKU that memberships may put another in the place of. */
async function isPaused(services: Pick<Services, 'pauses'>, { decision }: SeenUser): Promise<boolean> {
  const { operation } = decision;
  return operation !== undefined && (await pauseInForce(services, skuScopes(operation))) !== undefined;
}

/** What is left to the write's look is no trouble that people should see meanwhile. */
function withoutUndecided(look: SeenUser): SeenUser {
  const { decision } = look;
  const isDecided = ({ code }: { readonly code: string }) => code !== 'rule/undecided';
  const reasons = decision.reasons.filter(isDecided);
  const skus = decision.skus.filter(({ reason }) => isDecided(reason));
  return { ...look, decision: { ...decision, reasons, skus } };
}
