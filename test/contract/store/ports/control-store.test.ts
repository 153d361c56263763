import { beforeAll, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../../shared/kernel/logger';
import { seededRandom } from '../../../../shared/kernel/random';
import { makePauseSource } from '../../../../shared/pipeline/pauses/pause-source';
import type { ControlStore } from '../../../../shared/store/ports/control-store';
import { makeTableStores } from '../../../../shared/store/tables/table-stores';
import { leaseTables } from '../../../support/clouds/lease-tables';
import type { LentTables } from '../../../support/clouds/lease-tables';
import { ManualClock } from '../../../support/manual-clock';
import type { Pause } from '../../../../shared/words/pause';

let azurite: LentTables;
let control: ControlStore;
const clock = new ManualClock(5_000);
beforeAll(async () => {
  azurite = await leaseTables();
  control = makeTableStores({ ...azurite, clock, random: seededRandom(1), logger: silentLogger }).control;
});

const pause = (scope: string, extra: Partial<Pause> = {}): Pause => ({
  scope,
  origin: 'operator',
  reason: 'A change window, until 18:00 – “nothing” is written',
  by: 'ada',
  at: 1_000,
  probedAt: null,
  ...extra,
});
const ofScope = async (scope: string) => (await control.pauses()).find((one) => one.scope === scope);

describe('TableControlStore', () => {
  it('knows of no pause before one is set', async () => {
    expect(await control.pauses()).toEqual([]);
    expect(await control.resume('apply')).toBe(false);
    expect(await control.takeProbe('apply', 9_999_999, 0)).toBe(false);
  });

  it('reads a pause back as it was set, beside the others', async () => {
    const sku = `sku:${'efccb6f7-5641-4e0e-bd10-b4976e1bf68e'}`;
    expect(await control.pause(pause('intake'))).toBe(true);
    expect(await control.pause(pause(sku, { origin: 'configuration' }))).toBe(true);

    expect(await ofScope('intake')).toEqual(pause('intake'));
    expect(await ofScope(sku)).toEqual(pause(sku, { origin: 'configuration' }));
  });

  it('keeps when a scope last worked, apart from pauses, and never an earlier time', async () => {
    expect(await control.lastSuccess('apply-notes')).toBeUndefined();
    await control.noteSuccess('apply-notes', 2_000);
    await control.noteSuccess('apply-notes', 1_000);
    await Promise.all([control.noteSuccess('apply-notes', 3_000), control.noteSuccess('apply-notes', 3_000)]);

    expect(await control.lastSuccess('apply-notes')).toBe(3_000);
    expect((await control.pauses()).map(({ scope }) => scope)).not.toContain('apply-notes');
  });

  it('leaves a pause that is there as it is, and lets one of two set it', async () => {
    const results = await Promise.all([
      control.pause(pause('lane:7', { by: 'ada' })),
      control.pause(pause('lane:7', { by: 'bob' })),
    ]);

    expect([...results].sort()).toEqual([false, true]);
    expect((await ofScope('lane:7'))?.by).toBe(results[0] ? 'ada' : 'bob');
  });

  it('lifts only a pause of the origin it is asked for', async () => {
    await control.pause(pause('lane:8'));

    expect(await control.resume('lane:8', 'permission')).toBe(false);
    expect(await ofScope('lane:8')).toBeDefined();
    expect(await control.resume('lane:8', 'operator')).toBe(true);
    expect(await control.resume('lane:8')).toBe(false);
    expect(await ofScope('lane:8')).toBeUndefined();
  });

  it('lets one of several probe, and again only when the time is up', async () => {
    await control.pause(pause('lane:9', { origin: 'permission', at: 100_000 }));

    expect(await control.takeProbe('lane:9', 159_999, 60_000)).toBe(false);
    const first = await Promise.all(
      Array.from({ length: 5 }, () => control.takeProbe('lane:9', 160_000, 60_000)),
    );
    expect(first.filter(Boolean)).toHaveLength(1);
    expect((await ofScope('lane:9'))?.probedAt).toBe(160_000);
    expect(await control.takeProbe('lane:9', 219_999, 60_000)).toBe(false);
    expect(await control.takeProbe('lane:9', 220_000, 60_000)).toBe(true);
  });

  it('lifts a pause that is probed at the same moment', async () => {
    await control.pause(pause('lane:10', { origin: 'permission' }));

    const [lifted] = await Promise.all([
      control.resume('lane:10'),
      control.takeProbe('lane:10', 1_000_000, 60_000),
    ]);

    expect(lifted).toBe(true);
    expect(await ofScope('lane:10')).toBeUndefined();
  });
});

describe('the cached reader of pauses', () => {
  it('asks once for many, and sees a change within 2 s, its own at once', async () => {
    let calls = 0;
    const source = makePauseSource({ pauses: () => (calls++, control.pauses()) }, clock);

    const many = await Promise.all(Array.from({ length: 50 }, () => source.current()));
    expect(calls).toBe(1);
    await control.pause(pause('lane:11'));
    expect(await source.current()).toBe(many[0]);
    clock.advance(2_000);
    expect((await source.current()).some(({ scope }) => scope === 'lane:11')).toBe(true);
    await control.resume('lane:11');
    source.forget();
    expect((await source.current()).some(({ scope }) => scope === 'lane:11')).toBe(false);
    expect(calls).toBe(3);
  });

  it('asks again after a failure', async () => {
    let calls = 0;
    const source = makePauseSource(
      {
        pauses: async () => {
          if (++calls === 1) throw new Error('away');
          return [];
        },
      },
      clock,
    );

    await expect(source.current()).rejects.toThrow('away');
    expect(await source.current()).toEqual([]);
  });
});
