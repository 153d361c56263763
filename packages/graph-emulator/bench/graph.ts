import { performance } from 'node:perf_hooks';
import { seededRandom } from '../../emulator-kit/src/random';
import { addNewcomer } from '../src/people/add-newcomer';
import { assignLicense } from '../src/engine/licensing/assign-license';
import { makeEngine } from '../src/engine/engine';
import type { Engine } from '../src/engine/engine';
import { updateUser } from '../src/engine/users/write-user';
import { viewUser } from '../src/engine/users/view-user';
import { catalogueSku } from '../src/tenant/catalogue';
import { makeTenant } from '../src/tenant/make-tenant';
import { makeAbsoluteTarget, makeTarget, roundFigure } from '../../emulator-kit/bench/bench-result';
import type { BenchResult } from '../../emulator-kit/bench/bench-result';
import { measureDelta, measureHttp } from './graph-http';
import { median } from '../../emulator-kit/bench/median';

const ems = catalogueSku('EMS').skuId;
const intune = 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5';

/** What the embedded Graph costs: in process, over HTTP, and at 1,000 against 100,000 users. */
export async function benchGraph(): Promise<BenchResult> {
  const http = await measureHttp();
  const delta = await measureDelta();
  const small = makeEngine({ tenant: makeTenant({ users: 1_000, seed: 1 }), random: seededRandom(1) });
  const loadStart = performance.now();
  const large = makeEngine({ tenant: makeTenant({ users: 100_000, seed: 1 }), random: seededRandom(1) });
  const loadSeconds = (performance.now() - loadStart) / 1_000;
  const rssGigabytes = process.memoryUsage().rss / 2 ** 30;

  const { micros, ratios } = compareCosts(small, large);
  for (const engine of [small, large]) engine.clock.stop();
  const figures = Object.fromEntries(
    Object.entries({
      assignPerSecond: 1_000_000 / micros.assign,
      getMicroseconds: micros.get,
      patchMicroseconds: micros.patch,
      assignMicroseconds: micros.assign,
      getRatio: ratios.get,
      patchRatio: ratios.patch,
      assignRatio: ratios.assign,
      loadSeconds,
      rssGigabytes,
      ...http,
      ...delta,
    }).map(([key, figure]) => [key, roundFigure(figure)]),
  );
  const target = (key: string, op: '>=' | '<=', value: number, make = makeTarget) =>
    make(key, op, value, figures[key] ?? Number.NaN);
  return {
    figures,
    targets: [
      target('assignPerSecond', '>=', 20_000, makeAbsoluteTarget),
      target('httpShareOfEmptyRoute', '>=', 0.5),
      target('getRatio', '<=', 1.3),
      target('patchRatio', '<=', 1.3),
      target('assignRatio', '<=', 1.3),
      target('loadSeconds', '<=', 15, makeAbsoluteTarget),
      target('rssGigabytes', '<=', 1.5),
    ],
  };
}

const operations = ['get', 'patch', 'assign'] as const;
type Costs = Record<(typeof operations)[number], number>;

const warmUp = 4;
const turns = 40;
const callsPerTurn = 2_000;

/**
 * Microseconds a call in the large tenant, and how they compare with the small one: turns on both by turns, the median
 * of the ratios of neighbors.
 */
function compareCosts(small: Engine, large: Engine): { micros: Costs; ratios: Costs } {
  const calls = { small: makeCalls(small), large: makeCalls(large) };
  const micros = { get: [] as number[], patch: [] as number[], assign: [] as number[] };
  const ratios = { get: [] as number[], patch: [] as number[], assign: [] as number[] };
  for (let turn = 0; turn < warmUp + turns; turn += 1) {
    for (const key of operations) {
      const ofSmall = timeOf(calls.small[key], turn);
      const ofLarge = timeOf(calls.large[key], turn);
      if (turn < warmUp) continue;
      micros[key].push(ofLarge);
      ratios[key].push(ofLarge / ofSmall);
    }
  }
  const medians = (of: Record<keyof Costs, number[]>): Costs => ({
    get: median(of.get),
    patch: median(of.patch),
    assign: median(of.assign),
  });
  return { micros: medians(micros), ratios: medians(ratios) };
}

function timeOf(call: (index: number) => void, turn: number): number {
  const start = performance.now();
  for (let index = 0; index < callsPerTurn; index += 1) call(turn * callsPerTurn + index);
  return ((performance.now() - start) * 1_000) / callsPerTurn;
}

function makeCalls(engine: Engine): Record<keyof Costs, (index: number) => void> {
  const ids = Array.from({ length: 1_000 }, (_, index) => addPerson(engine, index));
  const find = (index: number) => {
    const user = engine.tenant.findUser(ids[index % ids.length] ?? '');
    if (!user) throw new Error('The user is gone');
    return user;
  };
  return {
    get: (index) => {
      const user = find(index);
      JSON.stringify(viewUser(engine, user, user.version, undefined));
    },
    patch: (index) => void updateUser(engine, find(index), { jobTitle: `Title ${index}` }),
    // Every call changes something: it gives the SKU, or turns a plan off or on.
    assign: (index) => {
      const disabledPlans = Math.floor(index / ids.length) % 2 === 0 ? [] : [intune];
      assignLicense(engine, find(index), {
        addLicenses: [{ skuId: ems, disabledPlans }],
        removeLicenses: [],
      });
    },
  };
}

function addPerson(engine: Engine, index: number): string {
  const userPrincipalName = `bench.${index}@contoso.com`;
  return addNewcomer(engine, {
    properties: {
      userPrincipalName,
      displayName: `Bench ${index}`,
      usageLocation: 'NL',
      accountEnabled: true,
    },
  }).id;
}
