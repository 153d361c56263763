import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '../../../../shared/kernel/logger';
import { seededRandom } from '../../../../shared/kernel/random';
import { makeWriteQuota } from '../../../../shared/quota/make-write-quota';
import { derivedTables } from '../../../../shared/store/tables/rows/table-stored-rows';
import { makeTableAccess, makeTableStores } from '../../../../shared/store/tables/table-stores';
import { leaseTables } from '../../../support/clouds/lease-tables';
import type { LentTables } from '../../../support/clouds/lease-tables';
import { ManualClock } from '../../../support/manual-clock';
import { readRawTables, writeRawTables } from './raw-tables';
import type { RawTables } from './raw-tables';
import { readSamples, sampleTime, writeSamples } from './write-samples';

/**
 * Rows of commit 080cba5 and the values that it read from them, recorded once. During a deployment both versions use
 * the same tables: this one reads what that one wrote, and writes what that one reads.
 */
const recorded = JSON.parse(readFileSync(join(__dirname, 'rows-of-0.1.0.json'), 'utf8')) as {
  readonly rows: RawTables;
  readonly values: Readonly<Record<string, unknown>>;
};

let services: LentTables[];
beforeAll(async () => {
  services = [await leaseTables(), await leaseTables()];
});

function open(service: LentTables) {
  const tools = { clock: new ManualClock(sampleTime), random: seededRandom(1), logger: silentLogger };
  const options = { ...service, ...tools };
  return {
    stores: makeTableStores(options),
    quota: makeWriteQuota(makeTableAccess(options)('quota'), { ratePerSecond: 16 }, tools),
  };
}

/** The order of properties within JSON does not count. */
const withParsedJson = (tables: RawTables) =>
  Object.fromEntries(
    Object.entries(tables).map(([name, rows]) => [
      name,
      rows.map((row) => ({ ...row, json: JSON.parse(String(row['json'])) as unknown })),
    ]),
  );

describe('the version before', () => {
  it('wrote rows that are read in full', async () => {
    const [service] = services as [LentTables, LentTables];
    await writeRawTables(service, recorded.rows);
    const { stores } = open(service);
    // It knew no lists beside the rows; the timer `observe` makes them at its first run.
    await stores.failures.reindex();
    await stores.users.reindexExceptions();

    // Its rows of the table `handling` named no process, so they count for nothing now.
    const { unfinished: _, ...values } = recorded.values;
    // What this version reads beside that is new.
    expect(await readSamples(stores)).toMatchObject({ ...values, handling: [] });
  });

  it('would have written the same rows', async () => {
    const [, service] = services as [LentTables, LentTables];
    const { stores, quota } = open(service);

    await writeSamples(stores, quota);

    const { handling: _, ...same } = recorded.rows;
    const { handling: written, ...all } = await readRawTables(service);
    const rows = Object.fromEntries(Object.entries(all).filter(([name]) => !derivedTables.includes(name)));
    expect(written ?? []).toEqual([]);
    expect(withParsedJson(rows)).toEqual(withParsedJson(same));
  });
});
