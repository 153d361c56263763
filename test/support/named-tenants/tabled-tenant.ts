import type { DirectoryUser } from '../../../shared/graph/directory';
import type { SkuId, UserId } from '../../../shared/kernel/ids';
import { makeTableWorld } from '../memory/table-world';
import type { NamedCase } from './make-case';

/** SKUs that a user holds, each with the plans that are on. */
export type Held = ReadonlyMap<SkuId, ReadonlySet<string>>;

/** Looks are this far apart: beyond the ten minutes after which two looks agree that something is to go. */
const betweenLooks = 11 * 60_000;

/** A generated tenant under the real handlers and the real stores, whose tables stand in memory. */
export function makeTabledTenant(one: NamedCase) {
  const table = makeTableWorld();
  const { world } = table;
  world.policyText = one.policyText;
  world.moreSkus = [...one.skus];
  world.tenantGroups = one.groups;
  const people = new Map(one.users);
  const assignments = new Map<UserId, DirectoryUser['assignments']>();
  const look = async (user: UserId): Promise<void> => {
    const person = people.get(user);
    const groups = one.groups.filter(({ id }) => person?.groups.has(id) === true);
    world.user.properties = {
      userType: 'Member',
      department: person?.department ?? null,
      usageLocation: 'NL',
      memberOf: groups,
    };
    world.user.groups = groups;
    world.user.assignments = assignments.get(user) ?? [];
    await table.work(user);
    assignments.set(user, world.user.assignments);
  };
  const plansOf = new Map(
    one.skus.map(({ skuId, servicePlans }) => [skuId, servicePlans.map((plan) => plan.servicePlanId)]),
  );
  return {
    table,
    join: (user: UserId, model: UserId) => {
      const like = people.get(model);
      if (like !== undefined) people.set(user, like);
    },
    /** Each user is looked at so many times. @throws what a message of a user would come back for */
    lookAtAll: async (times: number) => {
      for (let count = 0; count < times; count++) {
        for (const user of people.keys()) await look(user);
        table.advance(betweenLooks);
      }
    },
    holdings: (): ReadonlyMap<UserId, Held> =>
      new Map(
        [...assignments].map(([user, held]) => [
          user,
          new Map(
            held.map(({ skuId, disabledPlans }) => [
              skuId,
              new Set<string>((plansOf.get(skuId) ?? []).filter((plan) => !disabledPlans.includes(plan))),
            ]),
          ),
        ]),
      ),
  };
}
