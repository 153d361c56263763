import { describe, expect, it } from '@jest/globals';
import { judgedBeforeCensus } from '../../../faults/judge/before-census';
import { runScript } from '../../../faults/run';
import { makeDraw } from '../../../faults/script/draw';
import { drawIntakeDeaths } from '../../../faults/script/draw-intake-deaths';
import type { PolicyModel, TenantModel } from '../../../faults/script/tenant-model';
import type { Script } from '../../../faults/script/script';
import { seededRandom } from '../../../shared/kernel/random';
import type { Services } from '../../../shared/pipeline/services';

const policy: PolicyModel = {
  rules: [
    {
      name: 'legal',
      department: 'Legal',
      grants: [{ sku: 'EMS', off: [], fallback: [], priority: 0 }],
      without: [],
    },
  ],
  isFamilyExclusive: false,
  isScoped: false,
  removal: '0d',
  guard: null,
};
const tenant: TenantModel = {
  seats: { EMS: 10, SPE_E3: 10, SPE_E5: 10, POWER_BI_PRO: 10 },
  isNested: false,
  users: [{ user: 1, department: 'Legal', memberOf: [], manual: [] }],
};

/** A day with nothing in it but what is drawn here; `nth` of the death. */
function dayWith(nth: number): Script {
  const always = { ...makeDraw(seededRandom(5)), chance: () => true };
  const { changes, faults } = drawIntakeDeaths(always, [policy], { tenant, changes: [] });
  return {
    seed: 5,
    tenant,
    policies: [policy],
    changes,
    faults: faults.map((fault) => (fault.kind === 'killAtHints' ? { ...fault, nth } : fault)),
    processes: 'shared',
    isVerifying: false,
    isNotified: true,
  };
}

/** The delta link is stored before the hints of its page are sent. */
function storesTheLinkEarly(services: Services): Services {
  const { queues, cursors } = services;
  let unsent: (() => Promise<void>)[] = [];
  return {
    ...services,
    queues: {
      ...queues,
      sendHints: async (hints, options) => {
        if (hints[0]?.source !== 'delta') return queues.sendHints(hints, options);
        unsent.push(() => queues.sendHints(hints, options));
      },
    },
    cursors: {
      ...cursors,
      read: (name) => cursors.read(name),
      readAll: (but) => cursors.readAll(but),
      commit: async (name, cursor, value) => {
        const committed = await cursors.commit(name, cursor, value);
        const due = unsent;
        unsent = [];
        for (const send of due) await send();
        return committed;
      },
    },
  };
}

describe('the process that follows delta dies as it sends what it found', () => {
  it.each([
    ['before the hint is sent', 0],
    ['after', 1],
  ])('%s: the joiner is done all the same', async (_when, nth) => {
    const { problems, faults, writes } = await runScript(dayWith(nth));
    expect(problems).toEqual([]);
    expect(faults).toEqual({ killAtHints: 1, lostNotification: expect.any(Number) });
    expect(writes).toBe(2 + 1);
  });

  it('and is lost where the position is stored first', async () => {
    const { problems } = await runScript(dayWith(0), { around: storesTheLinkEarly });
    expect(problems).toEqual([{ kind: 'lost', text: 'user 2: no row' }]);
  });
});

describe('who is judged before the census', () => {
  const { changes, faults } = dayWith(0);
  const [fault] = faults;
  const judged = (also: Partial<Pick<Script, 'changes' | 'faults' | 'isNotified'>>) =>
    judgedBeforeCensus({ tenant, changes, faults: [], isNotified: true, ...also }, [1, 2]);

  it('is everybody where nothing can have been missed', () => {
    expect(judged({})).toEqual([1, 2]);
  });

  it('is who was never in a group where groups can have been missed', () => {
    const joined = { kind: 'addMember', at: 1, group: 'outer', user: 1 } as const;
    expect(judged({ changes: [...changes, joined] })).toEqual([1, 2]);
    expect(judged({ changes: [...changes, joined, { kind: 'unnest', at: 2 }] })).toEqual([2]);
    const lost = { ...fault, kind: 'lostGroupPosition' } as (typeof faults)[number];
    expect(judged({ changes: [...changes, joined], faults: [lost] })).toEqual([2]);
    expect(judged({ faults: [lost] })).toEqual([1, 2]);
  });

  it('is not whose licenses a person changed where no notification may have told', () => {
    const removed = [...changes, { kind: 'adminRemove', at: 1, user: 1, sku: 'EMS' } as const];
    expect(judged({ changes: removed })).toEqual([1, 2]);
    expect(judged({ changes: removed, isNotified: false })).toEqual([2]);
    // Those of the day name the joiner alone.
    expect(judged({ changes: removed, faults })).toEqual([1, 2]);
    const lost = { ...fault, kind: 'lostNotification' } as (typeof faults)[number];
    expect(judged({ changes: removed, faults: [{ ...lost, user: 1 }] })).toEqual([2]);
    const { user: _, ...ofAnyone } = lost;
    expect(judged({ changes: removed, faults: [ofAnyone] })).toEqual([2]);
    expect(judged({ changes: removed, faults: [{ ...ofAnyone, kind: 'lostSubscription' }] })).toEqual([2]);
    const licensed = [
      ...changes,
      { kind: 'addMember', at: 1, group: 'licensed', user: 1 } as const,
      { kind: 'groupLicense', at: 2, sku: 'EMS' } as const,
    ];
    expect(judged({ changes: licensed })).toEqual([1, 2]);
    expect(judged({ changes: licensed, isNotified: false })).toEqual([2]);
    expect(judged({ changes: licensed, faults: [ofAnyone] })).toEqual([2]);
    expect(judged({ changes: licensed, faults: [{ ...lost, user: 1 }] })).toEqual([2]);
    expect(judged({ changes: licensed, faults: [{ ...lost, user: 2 }] })).toEqual([1, 2]);
  });

  it('is none where a row is damaged', () => {
    expect(judged({ faults: [{ ...fault, kind: 'damagedRow' } as (typeof faults)[number]] })).toEqual([]);
  });
});
