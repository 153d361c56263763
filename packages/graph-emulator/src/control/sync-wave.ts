import { seededRandom } from '../../../emulator-kit/src/random';
import { makePerson } from '../tenant/person';
import { groupsForPerson } from '../tenant/sample-groups';
import type { Engine } from '../engine/engine';
import { addNewcomer } from '../people/add-newcomer';
import type { Newcomer } from '../people/add-newcomer';
import type { Leaver, Mover } from '../people/draw-people';
import { syncLeavers, syncMovers, takeSynced } from './sync-changes';

/** A directory sync that brings `users` joiners; most without a usage location. The same seed, the same people. */
export function syncJoiners(engine: Engine, users: number, seed: number): Newcomer[] {
  const random = seededRandom(seed);
  const domain = engine.tenant.facts.domains[0] ?? 'contoso.com';
  const groupIds = new Map(
    engine.tenant.groupOrder.map((group) => [String(group.properties.displayName), group.id]),
  );
  const first = engine.tenant.userOrder.length;
  return Array.from({ length: users }, (_, index) => {
    const createdAt = engine.clock.now();
    const { id, ...properties } = makePerson({
      random,
      domain,
      number: first + index,
      isSynced: true,
      createdAt,
    });
    const location = random() < 0.1 ? { usageLocation: properties.country } : {};
    // Some come without a country: an on-premises directory is never complete.
    if (random() < 0.04) delete properties.country;
    const memberOf = groupsForPerson(properties, random).flatMap((name) => groupIds.get(name) ?? []);
    // A second wave of the same seed would bring the same ids: then the tenant chooses one.
    const given = engine.tenant.hasId(id) ? {} : { id };
    return addNewcomer(engine, { ...given, properties: { ...properties, ...location }, memberOf });
  });
}

export type SyncWave = {
  readonly users: readonly Newcomer[];
  readonly movers: readonly Mover[];
  readonly leavers: readonly Leaver[];
};

/**
 * A whole round of directory sync: joiners (`users`), people who change department, and people who leave. Movers and
 * leavers are drawn from the synced users who were there before. GraphFault 400, with nothing done, when there are
 * not enough of them.
 */
export function syncWave(
  engine: Engine,
  counts: {
    readonly users: number;
    readonly movers: number;
    readonly leavers: number;
    readonly seed: number;
  },
): SyncWave {
  // A source of their own, so that the same seed brings the same joiners, however many move or leave.
  const random = seededRandom(~counts.seed);
  const taken = takeSynced(engine, counts.movers + counts.leavers, random);
  return {
    users: syncJoiners(engine, counts.users, counts.seed),
    movers: syncMovers(engine, taken.slice(0, counts.movers), random),
    leavers: syncLeavers(engine, taken.slice(counts.movers)),
  };
}
