import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAzureIdentity } from '../support/clouds/azure-identity';
import { policyText, startRolloutWorld } from '../support/rollout-world';
import type { RolloutWorld } from '../support/rollout-world';
import { projectRoot } from '../support/local-cloud';
import { waitUntil } from '../support/wait-until';
import { runCli } from '../support/run-cli';
import type { CliRun } from '../support/run-cli';

/** Observes: nothing is written until another policy is activated. */
const observing = policyText([], 'mode: observe\n');
const enforcing = policyText(['INTUNE_A']);

const hired: string[] = [];
let world: RolloutWorld;
let identity: Awaited<ReturnType<typeof startAzureIdentity>>;
let folder: string;

beforeAll(async () => {
  world = await startRolloutWorld({
    policy: observing,
    settings: { LICENSER_APPROVAL: 'always', LICENSER_OBJECTIVE: 'p95 900s' },
  });
  identity = await startAzureIdentity(world.cloud.file);
  folder = mkdtempSync(join(tmpdir(), 'ops-azure-'));
});
afterAll(async () => {
  await identity?.close();
  await world?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * The commands of the deployment page that go from observing to enforcing, as arguments, with the file and the rollout of this
 * test for those of the page.
 */
function commandsOfThePage(): readonly ((file: string, rollout: string) => readonly string[])[] {
  const page = readFileSync(join(projectRoot, 'docs', 'deploy.md'), 'utf8');
  const blocks = [...page.matchAll(/```bash\n(.*?)```/gs)].map(([, block = '']) => block);
  const block = blocks.find((one) => one.includes('policy activate policy/contoso.yaml')) ?? '';
  return [...block.matchAll(/^npm run -s licenser -- (.*)$/gm)].map(([, line = '']) => {
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
    return (file, rollout) =>
      words.map((word) =>
        word === 'policy/contoso.yaml' ? file : /^activation-[0-9a-f]+$/.test(word) ? rollout : word,
      );
  });
}

const withAnswer = <Answer>({ code, stdout, stderr }: CliRun) => ({
  code,
  stderr,
  answer: (stdout.startsWith('{') || stdout.startsWith('[') ? JSON.parse(stdout) : null) as Answer,
});

/** A command of a person who is signed in to the tenant; no file of an embedded cloud is read. */
async function azure<Answer = Record<string, unknown>>(person: string, ...args: string[]) {
  identity.signInAs(person);
  return withAnswer<Answer>(await identity.call([...args, '--target', 'azure', '--json']));
}

/** The same as a shell runs it: the built CLI, a process with an environment of its own. */
async function azureAsProcess<Answer>(person: string, ...args: string[]) {
  identity.signInAs(person);
  return withAnswer<Answer>(await runCli([...args, '--target', 'azure', '--json'], identity.env));
}

/** Waits until observe has counted and found that all is well, as health shows it: a command each look would be dear. */
const storedVerdict = () =>
  waitUntil('the verdict is stored', async () => {
    const health = (await (await fetch(`${world.cloud.file.functions.origin}/api/health`)).json()) as {
      verdict: string | null;
    };
    return health.verdict === 'licensing';
  });

describe('a tenant that is reached as Azure is', () => {
  it('goes from observing to enforcing by commands: activate, approve by another person, licensed', async () => {
    const users = await world.hire(3, 'azure');
    hired.push(...users);
    const file = join(folder, 'policy.yaml');
    writeFileSync(file, enforcing);

    const [activate, list, approve, status, ...more] = commandsOfThePage();
    expect([activate, list, approve, status].every((one) => one !== undefined)).toBe(true);
    expect(more).toEqual([]);
    const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
    const asThePage = <Answer>(person: string, command: typeof activate, rollout = '') => {
      const args = command?.(file, rollout) ?? [];
      expect(args.slice(-2)).toEqual(['--target', 'azure']);
      expect(readme).toContain(
        `licenser -- ${args.slice(0, 2).join(' ').replace('status --target', 'status')}`,
      );
      return azureAsProcess<Answer>(person, ...args.slice(0, -2));
    };

    const activated = await asThePage<{ rollout: { id: string; state: string; by: string } }>(
      'operator',
      activate,
    );
    expect(activated).toMatchObject({
      code: 0,
      answer: { rollout: { state: 'awaiting', by: 'operator@licenser.local' } },
    });
    const { id } = activated.answer.rollout;
    expect((await world.pipeline.policies.pointer()).candidate).not.toBeNull();
    const listed = await asThePage<{ id: string; state: string }[]>('viewer', list);
    expect(listed.answer).toMatchObject([{ id, state: 'awaiting' }]);

    const own = await asThePage('operator', approve, id);
    expect(own).toMatchObject({ code: 1, stderr: expect.stringContaining('Approver') });
    expect((await world.rollout(id)).state).toBe('awaiting');

    const approved = await asThePage('approver', approve, id);
    expect(approved).toMatchObject({ code: 0, answer: { approvedBy: 'approver@licenser.local' } });
    await world.ended(id);
    expect((await asThePage<{ verdict: string }>('viewer', status)).answer).toHaveProperty('verdict');

    expect((await world.pipeline.policies.pointer()).candidate).toBeNull();
    expect([...(await world.plansOff(users)).values()].map((off) => off?.length)).toEqual([1, 1, 1]);
    expect(identity.asked).toContain(`api://${world.cloud.file.identity?.clientId ?? ''}`);
  });

  it('pauses, resumes, queues a user and says who did it', async () => {
    const [user = ''] = await world.hire(1, 'pausing');
    hired.push(user);

    expect(await azure('operator', 'queue', 'pause', 'sku:EMS', '--why', 'contract ends')).toMatchObject({
      code: 0,
    });
    expect((await world.pipeline.control.pauses()).map(({ by }) => by)).toEqual(['operator@licenser.local']);
    expect(await azure('operator2', 'queue', 'resume', 'sku:EMS')).toMatchObject({ code: 0 });
    expect(await azure('operator', 'apply', '--user', user, '--why', 'asked by phone')).toMatchObject({
      code: 0,
      answer: { queued: 1 },
    });

    const { answer } = await azure<{ action: string; by: string; result: string; why: string | null }[]>(
      'viewer',
      ...['audit', 'list', '--limit', '3'],
    );
    expect(answer).toMatchObject([
      { action: 'user/apply', by: 'operator@licenser.local', result: 'done', why: 'asked by phone' },
      { action: 'pause/lift', by: 'operator2@licenser.local', result: 'done' },
      { action: 'pause/set', by: 'operator@licenser.local', result: 'done', why: 'contract ends' },
    ]);
  });

  it('lets a viewer read and not act, and writes down that they tried', async () => {
    expect(await azure('viewer', 'rollout', 'list')).toMatchObject({ code: 0 });
    const tried = await azure('viewer', 'queue', 'pause', 'apply', '--why', 'no right to');
    expect(tried).toMatchObject({ code: 1, stderr: expect.stringContaining('Operator') });

    const { answer } = await azure<{ action: string; result: string }[]>(
      'viewer',
      'audit',
      'list',
      '--limit',
      '1',
    );
    expect(answer).toMatchObject([{ action: 'pause/set', result: 'refused', by: 'viewer@licenser.local' }]);
    expect(await world.pipeline.control.pauses()).toEqual([]);
  });

  it('says within seconds what stands against licensing, and with which exit code', async () => {
    expect(await world.runFunction('observe')).toBe(202);
    await storedVerdict();
    // Answers are shared for some seconds: one from before may still stand.
    const well = await waitUntil('the API knows what observe has counted', async () => {
      const found = await azure<{ verdict: string; causes: { code: string }[] }>('viewer', 'status');
      return found.answer.verdict === 'licensing' && found;
    });
    await azure('operator', 'queue', 'pause', 'apply', '--why', 'wrong licenses');
    const paused = await azure<{ verdict: string; causes: { code: string; text: string }[] }>(
      'viewer',
      'status',
    );
    await azure('operator', 'queue', 'resume', 'apply');

    expect(well).toMatchObject({ code: 0, answer: { verdict: 'licensing', causes: [] } });
    expect(paused).toMatchObject({
      code: 1,
      answer: {
        verdict: 'stopped',
        causes: [{ code: 'paused/all', text: expect.stringContaining('wrong licenses') }],
      },
    });
  });

  it('keeps samples and its verdict, which health shows', async () => {
    expect(await world.runFunction('observe')).toBe(202);
    await storedVerdict();
    await waitUntil('a sample is taken', async () => {
      const { answer } = await azure<{ skuPartNumber: string; note: string }[]>(
        'viewer',
        'seats',
        'forecast',
      );
      return answer.some(({ skuPartNumber, note }) => skuPartNumber === 'EMS' && note.includes('0 days'));
    });
  });

  it('deletes the dead letters of a stranger after another person has approved it, and nothing before', async () => {
    const many = 50;
    const bus = world.serviceBus();
    // A lane of the test's own: no function takes what is sent to it.
    const lane = await bus.acceptSession('license-changes', 'lane-of-a-stranger');
    const sender = bus.createSender('license-changes');
    await sender.sendMessages(
      Array.from({ length: many }, () => ({ sessionId: 'lane-of-a-stranger', body: 'not ours' })),
    );
    for (let taken = 0; taken < many;) {
      const messages = await lane.receiveMessages(many - taken, { maxWaitTimeInMs: 120_000 });
      for (const message of messages) await lane.deadLetterMessage(message);
      taken += messages.length;
    }
    await lane.close();
    const dead = async () =>
      (await azure<{ queue: string; deadLettered: number }[]>('viewer', 'queue', 'status')).answer.find(
        ({ queue }) => queue === 'license-changes',
      )?.deadLettered;

    const usersRows = async () => {
      const rows: Record<string, unknown> = {};
      for await (const { userId, state } of world.stores.users.list())
        rows[userId] = [state.outcome, state.skus, state.writtenAt];
      return rows;
    };
    // Who was parked by a pause of before is written to within half a minute.
    await waitUntil('all who were hired are licensed', () => world.licensed(hired));
    const [rowsBefore, seqBefore] = [await usersRows(), await world.lastSeq()];
    expect(Object.keys(rowsBefore)).toEqual(expect.arrayContaining(hired));
    expect(hired).toHaveLength(4);

    const asked = await azure<{ id: string; count: number }>(
      'operator',
      ...['queue', 'purge', 'license-changes', '--why', 'messages of another system'],
    );
    expect(asked).toMatchObject({ code: 0, answer: { state: 'open', count: many } });
    const { id } = asked.answer;
    expect((await azure('operator', 'approval', 'approve', id)).code).toBe(1);
    expect(await dead()).toBe(many);

    const approved = await azure<{ operation: string }>(
      'approver',
      'approval',
      'approve',
      id,
      '--why',
      'looked',
    );
    expect(approved.code).toBe(0);
    await waitUntil('the queue is empty', async () => (await dead()) === 0);
    expect(await usersRows()).toEqual(rowsBefore);
    expect(await world.writesAfter(seqBefore)).toEqual([]);

    const { answer } = await azure<{ action: string; by: string }[]>(
      'viewer',
      'audit',
      'list',
      '--limit',
      '4',
    );
    expect(answer.map(({ action, by }) => `${action} ${by}`)).toEqual(
      expect.arrayContaining([
        'approval/approve approver@licenser.local',
        'queue/purge operator@licenser.local',
      ]),
    );
  });

  it('does not act without the settings of the ops API', async () => {
    const { code, stderr } = await runCli(['queue', 'pause', 'apply', '--why', 'x', '--target', 'azure']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('LICENSER_OPS_URL')]);
  });
});
