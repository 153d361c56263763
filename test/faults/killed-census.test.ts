import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeOutcomeReader } from '../../local/demo/outcomes';
import { readCensus } from '../../shared/pipeline/census/walk-census';
import { judgedLog, joiner } from '../support/judge-joiner';
import { never, startTestCloud } from '../support/local-cloud';
import type { TestCloud } from '../support/local-cloud';
import { waitUntil } from '../support/wait-until';

/** With the sample tenant's own users, a page and a bit: a third of those brought are entitled to a license. */
const count = 720;

describe('a first census that is killed in the middle', () => {
  let test: TestCloud;
  beforeAll(async () => {
    test = await startTestCloud({
      follow: false,
      settings: {
        LICENSER_DELTA_SCHEDULE: never,
        LICENSER_CENSUS_WALK_SCHEDULE: '*/1 * * * * *',
        LICENSER_FIRST_CENSUS: 'on',
      },
    });
  }, 90_000);
  afterAll(() => test?.stop());

  it('goes on where it was, licenses everyone once, and leaves nobody without an outcome', async () => {
    const earlier = await test.bring(
      Array.from({ length: count }, (_, index) =>
        joiner(`earlier.${index}`, {
          usageLocation: 'NL',
          department: index % 3 === 0 ? 'Sales' : 'Legal',
        }),
      ),
    );
    await test.runFunction('users-delta');
    await waitUntil('fifty writes', async () => (await test.control.writeLog(0)).length >= 50, 60_000);
    const { state: before } = await readCensus({ cursors: test.stores.cursors });

    await test.cloud.processes.functions.kill('SIGKILL');
    await test.cloud.processes.functions.restart();

    const after = await waitUntil(
      'the census is done',
      async () => {
        const { state } = await readCensus({ cursors: test.stores.cursors });
        return state?.phase === 'done' && state;
      },
      150_000,
    );
    expect(before?.phase).not.toBe('done');
    expect(after.id).toBe(before?.id);
    expect(after.counts.unsettled).toBe(0);
    const outcomes = await makeOutcomeReader(test.cloud.file.tables).read();
    expect(earlier.filter(({ id }) => !outcomes.get(id))).toEqual([]);
    const effective = (await judgedLog(test)).filter((entry) => entry.effective);
    const entitled = earlier.filter((_, index) => index % 3 === 0).map(({ id }) => id);
    const written = effective.map(({ userId }) => userId).filter((id) => entitled.includes(id));
    expect(written.sort()).toEqual([...entitled].sort());
    expect(test.exits).toEqual([]);
  }, 240_000);
});
