import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../../../emulator-kit/src/random';
import { makeEngine } from '../../../src/engine/engine';
import { isAtWork } from '../../../src/people/at-work';
import { PeopleDraw } from '../../../src/people/draw-people';
import { aWeek, aWorkingDay, usualChanges } from '../../../src/people/usual-changes';
import { makeTenant } from '../../../src/tenant/make-tenant';
import { tenantLineSchema } from '../../../src/tenant/tenant-line';

const open = (users = 200) =>
  makeEngine({ tenant: makeTenant({ users, seed: 9 }), clock: { now: () => 0 }, random: seededRandom(1) });

describe('PeopleDraw', () => {
  it('brings joiners like colleagues: departments and groups that are there, and no license', () => {
    const engine = open();
    const departments = new Set(
      engine.tenant.userOrder.filter(isAtWork).map(({ version }) => version.properties.department),
    );
    const people = new PeopleDraw(engine, seededRandom(2));

    const joiners = Array.from({ length: 50 }, () => people.join());

    expect(new Set(joiners.map((one) => one?.userPrincipalName)).size).toBe(50);
    for (const joiner of joiners) {
      const user = engine.tenant.findUser(joiner?.id ?? '');
      expect(departments).toContain(user?.version.properties.department);
      expect(user?.version.direct).toEqual([]);
    }
    const inGroups = joiners.filter((one) => engine.tenant.findUser(one?.id ?? '')?.version.groupIds.length);
    expect(inGroups.length).toBeGreaterThan(20);
  });

  it('moves each person once, into the place and the groups of another department', () => {
    const engine = open();
    const people = new PeopleDraw(engine, seededRandom(2));
    const before = new Map(
      engine.tenant.userOrder.map(({ id, version }) => [id, version.properties.department]),
    );

    const movers = Array.from({ length: 30 }, () => people.move());

    expect(new Set(movers.map((one) => one?.id)).size).toBe(30);
    for (const mover of movers) {
      const user = engine.tenant.findUser(mover?.id ?? '');
      expect(mover?.from).toBe(before.get(mover?.id ?? '') ?? 'no department');
      expect(user?.version.properties.department ?? 'no department').toBe(mover?.to);
      expect(mover?.to).not.toBe(mover?.from);
      for (const id of user?.version.groupIds ?? []) {
        expect(engine.tenant.findGroup(id)?.memberIds.has(mover?.id ?? '')).toBe(true);
      }
    }
  });

  it('lets no guest and no disabled account leave, and ends when no person is left', () => {
    const engine = open(20);
    const people = new PeopleDraw(engine, seededRandom(2));
    const staff = engine.tenant.userOrder.filter(isAtWork).length;

    const leavers = Array.from({ length: staff }, () => people.leave());

    const isEnabled = (id = '') => engine.tenant.findUser(id)?.version.properties.accountEnabled;
    expect(leavers.map((one) => isEnabled(one?.id))).toEqual(leavers.map(() => false));
    expect(people.leave()).toBeUndefined();
    expect(people.join()).toBeUndefined();
  });

  it('gives a joiner of their own what the colleague has: name, address and number', () => {
    const engine = open(40);
    const draw = (seed: number) => {
      const people = new PeopleDraw(engine, seededRandom(seed));
      return Array.from(
        { length: 12 },
        () => engine.tenant.findUser(people.join()?.id ?? '')?.version.properties,
      );
    };

    // The same seed twice: ids and names are taken the second time.
    const joiners = [...draw(3), ...draw(3)];

    expect(new Set(joiners.map((one) => one?.userPrincipalName)).size).toBe(24);
    for (const one of joiners) {
      expect(one).toMatchObject({ givenName: 'Joiner', employeeId: one?.mailNickname, accountEnabled: true });
      expect(one?.mail).toBeUndefined();
    }
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
      return joiners.filter((one) => one?.version.properties.usageLocation).length / 200;
    };

    expect(share(100, 100)).toBeGreaterThan(0.9);
    expect(share(0, 100)).toBe(0);
    expect(share(10, 10)).toBe(0);
  });
});

describe('usualChanges', () => {
  it('is a share of those at work, at least one of each, or what is given', () => {
    expect(usualChanges(open(20), aWorkingDay)).toEqual({ joiners: 1, movers: 1, leavers: 1 });
    expect(usualChanges(open(20), aWorkingDay, { joiners: 7, leavers: 0 })).toEqual({
      joiners: 7,
      movers: 1,
      leavers: 0,
    });
    expect(usualChanges(open(2_000), aWeek).movers).toBe(
      Math.round((0.1 / 52) * open(2_000).tenant.userOrder.filter(isAtWork).length),
    );
  });
});
