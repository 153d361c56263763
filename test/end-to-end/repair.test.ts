import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCloudFile } from '../../local/cloud-file';
import { toUserId } from '../../shared/kernel/ids';
import { never, startTestCloud } from '../support/local-cloud';
import type { TestCloud } from '../support/local-cloud';
import { runCli } from '../support/run-cli';
import { waitUntil } from '../support/wait-until';

// Real ids: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
const ems = 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e';
const intune = 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5';
const visio = 'c5928f49-12ba-48f7-ada3-0d743a3601d5';

const policy = (emsGrant: string) => `version: 1
scope: { when: 'user.accountEnabled -eq true' }
usageLocation: { from: country }
rules:
  - name: sales
    when: 'user.department -eq "Sales"'
    assign: [${emsGrant}]
  - name: finance
    when: 'user.department -eq "Finance"'
    assign: [{ sku: EMS }]
    without: [INTUNE_A]
removal: { mode: keep }
`;
const many = 500;

type Write = {
  readonly add: string[];
  readonly off: string[];
  readonly remove: string[];
  readonly status: number;
};

describe('repair and undo, judged by the write log', () => {
  let test: TestCloud;
  let folder: string;
  let cloudFile: string;
  let next = 0;

  const licenser = (...args: string[]) => runCli([...args, '--cloud-file', cloudFile]);
  const json = async <Answer>(...args: string[]): Promise<Answer> => {
    const { code, stdout, stderr } = await licenser(...args, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as Answer;
  };
  const bring = async (department: string, count = 1) =>
    (
      await test.bring(
        Array.from({ length: count }, () => {
          const name = `repair${String(++next)}`;
          return {
            userPrincipalName: `${name}@contoso.com`,
            mailNickname: name,
            displayName: name,
            accountEnabled: true,
            userType: 'Member',
            department,
            country: 'NL',
            usageLocation: 'NL',
          };
        }),
      )
    ).map(({ id }) => id);
  const bringOne = async (department: string) => (await bring(department))[0] ?? '';
  const stateOf = async (id: string) => (await test.stores.users.read(toUserId(id))).state;
  const untilOutcome = (
    ids: readonly string[],
    outcome: string,
    meanwhile: () => Promise<unknown> = async () => undefined,
  ) =>
    waitUntil(
      `${String(ids.length)} users are ${outcome}`,
      async () => {
        await meanwhile();
        const left = new Set(ids);
        for await (const { userId, state } of test.stores.users.list()) {
          if (state.outcome === outcome) left.delete(userId);
        }
        return left.size === 0;
      },
      120_000,
    );
  /** Every assignLicense call for a user, in order. */
  const writesOf = async (id: string): Promise<Write[]> =>
    (await test.control.writeLog(0))
      .filter((entry) => entry.userId === id && entry.kind === 'assignLicense')
      .map(({ add = [], remove = [], status }) => ({
        add: add.map(({ skuId }) => skuId),
        off: add.flatMap(({ disabledPlans }) => disabledPlans),
        remove: [...remove],
        status,
      }));
  const heldBy = async (id: string) => {
    const { body } = await test.graph('GET', `/users/${id}?$select=assignedLicenses`);
    return (body['assignedLicenses'] as { skuId: string; disabledPlans: string[] }[]).map(
      ({ skuId, disabledPlans }) => ({ skuId, off: disabledPlans }),
    );
  };
  const change = (id: string, properties: Record<string, unknown>) =>
    test.graph('PATCH', `/users/${id}`, properties);
  const setSeats = async (seats: number) => {
    await fetch(`${test.cloud.file.graph.origin}/_local/skus/${ems}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ enabled: seats }),
    });
  };
  const takenSeats = async () => {
    const skus = await json<{ skuId: string; seats: { consumed: number } }[]>('sku', 'list');
    return skus.find(({ skuId }) => skuId === ems)?.seats.consumed ?? 0;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'licenser-repair-'));
    cloudFile = join(folder, 'local.json');
    const policyFile = join(folder, 'policy.yaml');
    writeFileSync(policyFile, policy('{ sku: EMS }'));
    test = await startTestCloud({
      policy: policyFile,
      quotaFactor: 20,
      settings: {
        LICENSER_DELTA_SCHEDULE: '*/1 * * * * *',
        LICENSER_ROLLOUT_SCHEDULE: '*/1 * * * * *',
        LICENSER_WAITING_SCHEDULE: never,
        LICENSER_CENSUS_WALK_SCHEDULE: never,
        LICENSER_DEAD_LETTER_SCHEDULE: never,
      },
    });
    writeCloudFile(cloudFile, test.cloud.file);
  }, 90_000);
  afterAll(async () => {
    await test?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  describe('undo', () => {
    it('survives its own echo, a look and a policy change; released, the policy’s state comes back', async () => {
      const id = await bringOne('Sales');
      await untilOutcome([id], 'licensed');
      const whenLicensed = new Date().toISOString();
      await change(id, { department: 'Finance' });
      await waitUntil('INTUNE_A is off', async () => (await heldBy(id))[0]?.off.length === 1);

      const undone = await json<{ next: { operation: string | null } }>(
        ...['undo', id, '--to', whenLicensed, '--why', 'moved by mistake'],
      );
      await waitUntil('INTUNE_A is on again', async () => (await heldBy(id))[0]?.off.length === 0);
      await untilOutcome([id], 'pinned');
      // Its echo by delta and notification, another look, a change of the user, a look of an operator.
      await change(id, { jobTitle: 'Analyst' });
      await licenser('apply', '--user', id);
      await waitUntil('decided again', async () => ((await stateOf(id))?.outcome ?? '') === 'pinned');
      const pinned = await writesOf(id);

      const policyFile = join(folder, 'candidate.yaml');
      writeFileSync(
        policyFile,
        policy('{ sku: EMS, disable: [MFA_PREMIUM] }').replace('INTUNE_A', 'RMS_S_PREMIUM'),
      );
      const activated = await licenser('policy', 'activate', policyFile, '--why', 'a test', '--json');
      expect(activated.code).toBe(0);
      await waitUntil('the policy is active', async () => {
        const rollouts = await json<{ state: string }[]>('rollout', 'list');
        return rollouts.length > 0 && rollouts.every(({ state }) => state === 'done');
      });
      await licenser('apply', '--user', id);
      const afterPolicy = await writesOf(id);

      const released = await json<{ next: { operation: string } }>('undo', '--release', id);
      await waitUntil('the new policy is carried out', async () => (await heldBy(id))[0]?.off.length === 1);

      expect(undone.next.operation).toBe('assign EMS');
      expect(pinned.map(({ off, remove, status }) => ({ off, remove, status }))).toEqual([
        { off: [], remove: [], status: 200 },
        { off: [intune], remove: [], status: 200 },
        { off: [], remove: [], status: 200 },
      ]);
      expect(afterPolicy).toEqual(pinned);
      expect(released.next.operation).toBe('assign EMS without RMS_S_PREMIUM');
      expect(await writesOf(id)).toHaveLength(4);
      const audit = await json<{ action: string; by: string; subject: string }[]>('audit', 'list');
      expect(audit).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            action: 'pin/undo',
            by: 'operator@licenser.local',
            subject: id,
            why: 'moved by mistake',
          }),
          expect.objectContaining({ action: 'pin/release', subject: id }),
        ]),
      );
    }, 180_000);

    it('refuses a time to come, and a user whose licenses were never ours', async () => {
      const id = await bringOne('Nowhere');
      await untilOutcome([id], 'nothing');

      const future = await licenser('undo', id, '--to', '2999-01-01');
      const nothing = await licenser('undo', id, '--to', '1h');
      const noUndo = await licenser('undo', '--release', id);

      expect([future.code, nothing.code, noUndo.code]).toEqual([2, 2, 2]);
      expect(future.stderr).toContain('still to come');
      expect(nothing.stderr).toContain('is ours');
      expect(noUndo.stderr).toContain('Nothing is undone');
    }, 60_000);
  });

  describe('exceptions by hand', () => {
    it('never touches a user until it is released', async () => {
      const id = await bringOne('Nowhere');
      await untilOutcome([id], 'nothing');
      await json('exception', 'set', id, '--never-touch', '--why', 'legal hold');
      await change(id, { department: 'Sales' });
      await untilOutcome([id], 'pinned');
      const during = await writesOf(id);

      const list = await licenser('exception', 'list');
      await json('exception', 'release', id);
      await untilOutcome([id], 'licensed');

      expect(during).toEqual([]);
      expect(list.stdout).toMatch(/never touch: nothing is written/);
      expect(await writesOf(id)).toHaveLength(1);
    }, 60_000);

    it('gives an extra license and takes it back when it ends, under removal: keep', async () => {
      const id = await bringOne('Nowhere');
      await untilOutcome([id], 'nothing');

      await json(
        ...['exception', 'grant', id, '--sku', 'VISIOCLIENT', '--until', '6s', '--why', 'a project'],
      );
      await waitUntil('it is held', async () => (await heldBy(id)).length === 1);
      await waitUntil('it is gone', async () => (await heldBy(id)).length === 0, 60_000);

      expect(await writesOf(id)).toEqual([
        { add: [visio], off: [], remove: [], status: 200 },
        { add: [], off: [], remove: [visio], status: 200 },
      ]);
    }, 90_000);
  });

  describe('pauses', () => {
    it('stop every write until they are lifted, and are told of', async () => {
      const paused = await json<{ isChanged: boolean }>(
        'queue',
        'pause',
        'apply',
        '--why',
        'looking into it',
      );
      const again = await json<{ isChanged: boolean }>('queue', 'pause', 'apply', '--why', 'me too');
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      const id = await bringOne('Sales');
      await waitUntil('the user is parked', async () => (await stateOf(id))?.retry?.key === 'paused');
      const status = await licenser('queue', 'status');
      const doctor = await licenser('doctor');
      const during = await writesOf(id);

      const resumed = await json<{ isChanged: boolean }>('queue', 'resume', 'apply');
      await untilOutcome([id], 'licensed');

      expect([paused.isChanged, again.isChanged, resumed.isChanged]).toEqual([true, false, true]);
      expect(during).toEqual([]);
      expect(status.stdout).toMatch(/^apply .*looking into it$/m);
      expect(doctor.stdout).toMatch(/^warn +paused +apply since/m);
      expect(await writesOf(id)).toHaveLength(1);
    }, 120_000);

    it('that are older than a day are warned of wherever an operator looks', async () => {
      const day = 24 * 60 * 60_000;
      await test.stores.control.pause({
        scope: 'lane:3',
        origin: 'operator',
        reason: 'forgotten',
        by: 'bob',
        at: Date.now() - 2 * day,
        probedAt: null,
      });

      const screens = await Promise.all([
        licenser('queue', 'status'),
        licenser('failure', 'list'),
        licenser('doctor'),
        licenser('queue', 'watch', '--count', '1'),
      ]);
      await json('queue', 'resume', 'lane:3');

      for (const { stdout } of screens) expect(stdout).toContain('lane:3');
      expect(screens[0]?.stdout).toContain('Paused for 2.0 d');
      expect(screens[1]?.stdout).toContain('Paused for 2.0 d');
      expect(screens[2]?.stdout).toContain('more than a day');
      expect(screens[3]?.stdout).toContain('paused=lane:3(2.0d)');
    }, 60_000);
  });

  describe('failures', () => {
    it('500 users without seats are listed as one class, and one replay after buying licenses them all, once each', async () => {
      await setSeats(await takenSeats());
      const ids = await bring('Sales', many);
      await untilOutcome(ids, 'waiting');
      const before = await json<{ classes: { class: string; count: number; repair: string }[] }>(
        ...['failure', 'list', '--class', 'seats', '--by-class'],
      );
      // What is right for these has changed since they were refused: nothing may be sent as it was.
      const movers = ids.slice(0, 20);
      for (const id of movers) await change(id, { department: 'Finance' });
      await setSeats((await takenSeats()) + many);
      const boughtAt = (await test.control.writeLog(0)).length;

      const replayed = await json<{ users: string[]; rollout: string | null }>(
        ...['failure', 'replay', '--class', 'seats', '--why', 'bought 500 seats'],
      );
      const again = await json<{ users: string[]; underWay: string[] }>(
        'failure',
        'replay',
        '--class',
        'seats',
      );
      // The waiting list hands seats out in portions.
      await untilOutcome(ids, 'licensed', async () => {
        await test.runFunction('waiting-list');
        await new Promise((resolve) => setTimeout(resolve, 3_000));
      });

      expect(before.classes).toEqual([expect.objectContaining({ class: 'seats', count: many })]);
      expect(replayed.users).toHaveLength(many);
      expect(replayed.rollout).toMatch(/^replay-/);
      // Whoever the first one still feeds is left to it.
      expect(again.users.filter((id) => again.underWay.includes(id))).toEqual([]);
      const writes = (await test.control.writeLog(0)).slice(boughtAt).filter(({ status }) => status === 200);
      const perUser = new Map<string, number>();
      for (const { userId } of writes) perUser.set(userId, (perUser.get(userId) ?? 0) + 1);
      for (const id of ids) expect(perUser.get(id)).toBe(1);
      const plansOff = (some: readonly string[]) => [
        ...new Set(
          writes
            .filter(({ userId }) => some.includes(userId))
            .map(({ add }) => add?.[0]?.disabledPlans.join()),
        ),
      ];
      const [ofMovers, ...otherMovers] = plansOff(movers);
      const [ofStayers, ...otherStayers] = plansOff(ids.slice(20));
      expect([otherMovers, otherStayers]).toEqual([[], []]);
      expect(ofMovers).not.toBe(ofStayers);
      const after = await licenser('failure', 'replay', '--class', 'seats');
      expect(after.code).toBe(0);
      expect(after.stdout).toContain('nothing to replay');
    }, 300_000);

    it('dismissed stay off the list with who and why, are counted, and come back', async () => {
      const [id = ''] = await bring('Nowhere');
      await untilOutcome([id], 'nothing');
      await test.stores.failures.record(
        {
          subject: id,
          class: 'unknown',
          reason: { code: 'graph/odd', text: 'Graph said something odd' },
          suggestedRepair: 'Read it.',
          facts: {},
        },
        Date.now(),
      );

      const withoutWhy = await licenser('failure', 'dismiss', id);
      const dismissed = await licenser('failure', 'dismiss', id, '--why', 'known');
      const open = await licenser('failure', 'list');
      const list = await licenser('failure', 'list', '--state', 'dismissed');
      await json('failure', 'restore', id);
      const show = await licenser('failure', 'show', id);
      const replay = await json<{ users: string[] }>('failure', 'replay', id);
      const twice = await licenser('failure', 'replay', id);
      const unknown = await licenser('failure', 'replay', 'nobody@contoso.com');
      const noClass = await licenser('failure', 'replay', '--class', 'nonsense');

      expect(withoutWhy.code).toBe(2);
      expect(dismissed.stdout).toContain('Dismissed: 1');
      expect(open.stdout).toContain('1 dismissed');
      expect(list.stdout).toMatch(/by operator@licenser\.local, .*: known/s);
      expect(show.stdout).toContain('Graph said something odd');
      expect(show.stdout).toContain('What deciding would say now');
      expect(replay.users).toEqual([id]);
      expect(twice.code).toBe(0);
      expect(twice.stdout).toContain('nothing is open any more');
      expect(unknown.code).toBe(2);
      expect(unknown.stderr).toContain('no user nobody@contoso.com');
      expect(noClass.stderr).toContain('never was a failure of class nonsense');
      expect(await writesOf(id)).toEqual([]);
    }, 60_000);

    it('dead letters are in the same list, read without being taken, and taken back by a replay', async () => {
      const id = await bringOne('Nowhere');
      await untilOutcome([id], 'nothing');
      const bus = test.serviceBus();
      // A lane of the test's own: nobody else takes what is sent to it.
      const lane = await bus.acceptSession('license-changes', 'lane-of-the-test');
      await bus.createSender('license-changes').sendMessages({
        sessionId: 'lane-of-the-test',
        messageId: 'operation-dead',
        body: {
          v: 1,
          operation: {
            user: { id },
            kind: 'assign',
            add: [{ skuId: ems, disabledPlans: [] }],
            remove: [],
            why: ['It was right yesterday.'],
            policyHash: 'stale',
          },
          trace: {},
        },
      });
      const [message] = await lane.receiveMessages(1, { maxWaitTimeInMs: 20_000 });
      if (message === undefined) throw new Error('Nothing arrived');
      await lane.deadLetterMessage(message, {
        deadLetterReason: 'MaxDeliveryCountExceeded',
        deadLetterErrorDescription: 'Too many tries.',
      });
      await lane.close();
      const peek = () =>
        json<{ messageId: string; userId: string; text: string; deadLetterReason: string }[]>(
          ...['queue', 'peek', 'license-changes', '--dead-letters'],
        );

      const peeked = [await peek(), await peek()];
      const listed = await json<{ kind: string; class: string; userId: string }[]>('failure', 'list');
      const dismiss = await licenser('failure', 'dismiss', id, '--why', 'whatever');
      const replayed = await json<{ users: string[]; deadLetters: number }>(
        ...['failure', 'replay', '--class', 'MaxDeliveryCountExceeded'],
      );
      const left = await peek();

      for (const messages of peeked) {
        expect(messages).toEqual([
          expect.objectContaining({
            messageId: 'operation-dead',
            userId: id,
            text: 'assign: It was right yesterday.',
            deadLetterReason: 'MaxDeliveryCountExceeded: Too many tries.',
          }),
        ]);
      }
      expect(listed).toEqual([
        expect.objectContaining({ kind: 'deadLetter', class: 'MaxDeliveryCountExceeded', userId: id }),
      ]);
      expect(dismiss.stderr).toContain('taken back, not dismissed');
      expect(replayed).toMatchObject({ users: [id], deadLetters: 1 });
      expect(left).toEqual([]);
      // Decided anew: what the message said is not what the policy says.
      expect(await writesOf(id)).toEqual([]);
    }, 90_000);
  });
});
