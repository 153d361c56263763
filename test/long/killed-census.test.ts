import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeOutcomeReader } from '../../cli/local-cloud/outcomes';
import { readCensus } from '../../shared/pipeline/census/walk-census';
import { judgedLog, joiner } from '../support/judge-joiner';
import { never, startTestCloud } from '../support/local-cloud';
import type { TestCloud } from '../support/local-cloud';
import { writeScaledQueues } from '../support/scaled-queues';
import { waitUntil } from '../support/wait-until';

/** Of a department that the sample tenant does not have. Every other one is entitled to a license. */
const members = 180;
/** Outside the scope: with them the tenant is more than one page, and no hint is sent for them. */
const outsiders = 900;
const policy = `version: 1
scope: { when: 'user.department -in ["Trading", "Brokering"]' }
rules:
  - name: traders
    when: 'user.department -eq "Trading"'
    assign: [{ sku: EMS, disable: [INTUNE_A] }]
`;

/** More than one page of users who were there before the app. */
describe('a first census that is killed in the middle', () => {
  let folder: string;
  let test: TestCloud;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'killed-census-'));
    writeFileSync(join(folder, 'policy.yaml'), policy);
    test = await startTestCloud({
      policy: join(folder, 'policy.yaml'),
      follow: false,
      // 32 writes a second: slow enough to be killed in between.
      quotaFactor: 2,
      serviceBusConfig: writeScaledQueues(folder, 12),
      settings: {
        LICENSER_DELTA_SCHEDULE: never,
        LICENSER_CENSUS_WALK_SCHEDULE: '*/1 * * * * *',
        LICENSER_FIRST_CENSUS: 'on',
      },
    });
  }, 90_000);
  afterAll(async () => {
    await test?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('goes on where it was, licenses everyone once, and leaves no user without an outcome', async () => {
    const bring = (count: number, name: string, department: (index: number) => string) =>
      test.bring(
        Array.from({ length: count }, (_, index) =>
          joiner(`${name}.${index}`, { usageLocation: 'NL', department: department(index) }),
        ),
      );
    await bring(outsiders, 'outsider', () => 'Elsewhere');
    const earlier = await bring(members, 'earlier', (index) => (index % 2 === 0 ? 'Trading' : 'Brokering'));
    await test.runFunction('users-delta');
    await waitUntil('some writes', async () => (await test.control.writeLog(0)).length >= 20, 60_000);
    const { state: before } = await readCensus({ cursors: test.stores.cursors });

    await test.cloud.processes.functions.kill('SIGKILL');
    await test.cloud.processes.functions.restart();

    // The right to walk that the dead host held runs out after 30 s.
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
    expect(after.counts).toMatchObject({ inScope: members, unsettled: 0 });
    expect(after.counts.users).toBeGreaterThan(999);
    const outcomes = await makeOutcomeReader(test.cloud.file.tables).read();
    expect(earlier.filter(({ id }) => !outcomes.get(id))).toEqual([]);
    expect(outcomes.size).toBe(members);
    const effective = (await judgedLog(test)).filter((entry) => entry.effective);
    const entitled = earlier.filter((_, index) => index % 2 === 0).map(({ id }) => id);
    expect(effective.map(({ userId }) => userId).sort()).toEqual([...entitled].sort());
    expect(test.exits).toEqual([]);
  }, 240_000);
});
