import { beforeAll, expect, it } from '@jest/globals';
import { toUserId } from '../../../../shared/kernel/ids';
import { silentLogger } from '../../../../shared/kernel/logger';
import { seededRandom } from '../../../../shared/kernel/random';
import type { HandlingStore } from '../../../../shared/store/ports/handling-store';
import { makeTableStores } from '../../../../shared/store/tables/table-stores';
import { leaseTables } from '../../../support/clouds/lease-tables';
import type { LentTables } from '../../../support/clouds/lease-tables';
import { ManualClock } from '../../../support/manual-clock';

let azurite: LentTables;
let handling: HandlingStore;
beforeAll(async () => {
  azurite = await leaseTables();
  const clock = new ManualClock(5_000);
  handling = makeTableStores({ ...azurite, clock, random: seededRandom(1), logger: silentLogger }).handling;
});

it('keeps a note for each process and message, and forgets those it is told', async () => {
  const user = toUserId('bbbbbbbb-0000-4000-8000-000000000001');
  const note = (instance: string, message: string) => ({ instance, message, at: 7 });
  const notes = [note('host 1 a', 'm/1'), note('host 1 a', 'm/2'), note('host 2 b', 'm/1')];
  expect(await handling.notes(user)).toEqual([]);
  await handling.forget(user, notes);

  await Promise.all(notes.map((one) => handling.begin(user, one)));
  await handling.begin(user, note('host 2 b', 'm/1'));

  expect(await handling.notes(user)).toHaveLength(3);
  expect(await handling.notes(toUserId('bbbbbbbb-0000-4000-8000-000000000002'))).toEqual([]);
  await handling.forget(user, notes.slice(0, 2));
  expect(await handling.notes(user)).toEqual([note('host 2 b', 'm/1')]);
});

it('keeps when each process last said that it lives, until it says goodbye', async () => {
  await handling.beat({ instance: 'host 1 a', at: 1 });
  await handling.beat({ instance: 'host 1 a', at: 2 });
  await handling.beat({ instance: 'host 2 b', at: 3 });
  const both = await handling.instances();
  await handling.forgetInstance('host 1 a');
  await handling.forgetInstance('host 1 a');

  expect([...both].sort((a, b) => a.at - b.at)).toEqual([
    { instance: 'host 1 a', at: 2 },
    { instance: 'host 2 b', at: 3 },
  ]);
  expect(await handling.instances()).toEqual([{ instance: 'host 2 b', at: 3 }]);
});
