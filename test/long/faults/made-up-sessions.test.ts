import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { toUserId } from '../../../shared/kernel/ids';
import { leaseTestCloud } from '../../support/clouds/lease-cloud';
import type { TestCloud } from '../../support/local-cloud';
import { waitUntil } from '../../support/wait-until';

/** The host serves 32 sessions at a time and waits a second at each: these alone would take it more than a minute. */
const sessions = 2_000;
const portion = 200;

let test: TestCloud;
/** As the app has logged it so far. */
const takenOut = () =>
  test.lines
    .filter((line) => line.includes('sessions that are no lanes were taken out'))
    .flatMap((line) => /"taken":\s*(\d+)/.exec(line)?.[1] ?? [])
    .reduce((sum, count) => sum + Number(count), 0);
beforeAll(async () => {
  test = await leaseTestCloud('delta');
});
afterAll(() => test?.stop());

it('messages in made-up sessions are emptied beside the host, and a joiner is licensed meanwhile', async () => {
  const sender = test.serviceBus().createSender('license-changes');
  for (let first = 0; first < sessions; first += portion) {
    await sender.sendMessages(
      Array.from({ length: portion }, (_, number) => ({
        sessionId: `made-up-${String(first + number)}`,
        body: { v: 1, operation: {} },
        messageId: `made-up-${String(first + number)}`,
      })),
    );
  }
  await sender.close();
  const before = Date.now();
  const [user] = await test.bring([
    {
      userPrincipalName: 'made.up.sessions@contoso.com',
      mailNickname: 'made.up.sessions',
      displayName: 'Joiner',
      accountEnabled: true,
      userType: 'Member',
      department: 'Sales',
      country: 'NL',
      usageLocation: 'NL',
    },
  ]);
  const id = toUserId(user?.id ?? '');

  await waitUntil(
    'the joiner is licensed',
    async () => (await test.stores.users.read(id)).state?.outcome === 'licensed',
    240_000,
  );
  const waitedMs = Date.now() - before;
  const left = (await test.control.queueCounters())['license-changes']?.active ?? 0;
  await waitUntil(
    'the queue is empty',
    async () => ((await test.control.queueCounters())['license-changes']?.active ?? 0) === 0,
    240_000,
  );

  // It is said when the run has ended. How many they are depends on the machine, and on what the host has taken meanwhile.
  await waitUntil('some were taken out beside the host', async () => takenOut() > 0);
  process.stderr.write(
    `The joiner waited ${String(waitedMs)} ms, ${String(left)} were left then, ${String(takenOut())} were taken out beside the host.\n`,
  );
  const failures = [];
  for await (const failure of test.stores.failures.list('open'))
    if (failure.subject.startsWith('message:made-up-')) failures.push(failure.subject);
  expect(failures.length).toBe(sessions);
  for (const subject of failures) await test.stores.failures.close(subject, Date.now());
}, 600_000);
