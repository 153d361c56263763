import { describe, expect, it } from '@jest/globals';
import { makeEngine } from '@auto-licenser/graph-emulator/engine';
import { makeTenant } from '@auto-licenser/graph-emulator/make-tenant';
import { tenantLineSchema } from '@auto-licenser/graph-emulator/tenant-line';
import { seededRandom } from '../../../../shared/kernel/random';
import { isAtWork } from '../../../../rehearsal/people/at-work';
import { PeopleDraw } from '../../../../rehearsal/people/draw-people';
import { normalDay } from '../../../../rehearsal/people/normal-day';

const open = (users = 200) =>
  makeEngine({ tenant: makeTenant({ users, seed: 9 }), clock: { now: () => 0 }, random: seededRandom(1) });

describe('PeopleDraw', () => {
  it('brings joiners like colleagues: departments and groups that are there, and no license', () => {
    const engine = open();
    const departments = new Set(
      engine.tenant.userOrder.filter(isAtWork).map(({ version }) => version.properties['department']),
    );
    const people = new PeopleDraw(engine, seededRandom(2));

    const joiners = Array.from({ length: 50 }, () => people.join());

    expect(new Set(joiners.map((one) => one?.userPrincipalName)).size).toBe(50);
    for (const joiner of joiners) {
      const user = engine.tenant.findUser(joiner?.id ?? '');
      expect(departments).toContain(user?.version.properties['department']);
      expect(user?.version.direct).toEqual([]);
    }
    const inGroups = joiners.filter((one) => engine.tenant.findUser(one?.id ?? '')?.version.groupIds.length);
    expect(inGroups.length).toBeGreaterThan(20);
  });

  it('moves each person once, into the place and the groups of another department', () => {
    const engine = open();
    const people = new PeopleDraw(engine, seededRandom(2));
    const before = new Map(
      engine.tenant.userOrder.map(({ id, version }) => [id, version.properties['department']]),
    );

    const movers = Array.from({ length: 30 }, () => people.move());

    expect(new Set(movers.map((one) => one?.id)).size).toBe(30);
    for (const mover of movers) {
      const { department } = mover?.version.properties ?? {};
      expect(department).not.toBe(before.get(mover?.id ?? ''));
      for (const id of mover?.version.groupIds ?? []) {
        expect(engine.tenant.findGroup(id)?.memberIds.has(mover?.id ?? '')).toBe(true);
      }
    }
  });

  it('lets no guest and no disabled account leave, and ends when no person is left', () => {
    const engine = open(20);
    const people = new PeopleDraw(engine, seededRandom(2));
    const staff = engine.tenant.userOrder.filter(isAtWork).length;

    const leavers = Array.from({ length: staff }, () => people.leave());

    expect(leavers.every((one) => one?.version.properties['accountEnabled'] === false)).toBe(true);
    expect(people.leave()).toBeUndefined();
    expect(people.join()).toBeUndefined();
  });

  it('brings usage locations as often as people without a license have them', () => {
    const person = (number: number, isLocated: boolean) =>
      tenantLineSchema.parse({
        type: 'user',
        id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
        userPrincipalName: `u${String(number)}@contoso.com`,
        accountEnabled: true,
        userType: 'Member',
        ...(isLocated ? { usageLocation: 'NL' } : {}),
      });
    const tenant = tenantLineSchema.parse({
      type: 'tenant',
      tenantId: '00000000-0000-4000-8000-00000000ffff',
      displayName: 'Contoso',
      domains: ['contoso.com'],
      countryLetterCode: 'NL',
    });
    const share = (located: number, all: number) => {
      const lines = Array.from({ length: all }, (_, number) => person(number, number < located));
      const engine = makeEngine({ tenant: [tenant, ...lines], clock: { now: () => 0 } });
      const people = new PeopleDraw(engine, seededRandom(5));
      const joiners = Array.from({ length: 200 }, () => engine.tenant.findUser(people.join()?.id ?? ''));
      return joiners.filter((one) => one?.version.properties['usageLocation']).length / 200;
    };

    expect(share(100, 100)).toBeGreaterThan(0.9);
    expect(share(0, 100)).toBe(0);
    expect(share(10, 10)).toBe(0);
  });
});

describe('normalDay', () => {
  it('takes documented shares of those at work, at least one of each, or what is given', () => {
    expect(normalDay(open(20))).toEqual({ joiners: 1, movers: 1, leavers: 1 });
    expect(normalDay(open(20), { joiners: 7, leavers: 0 })).toEqual({ joiners: 7, movers: 1, leavers: 0 });
  });
});
