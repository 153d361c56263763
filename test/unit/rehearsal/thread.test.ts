import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { UserError } from '../../../shared/kernel/errors';
import { rehearseInThread, toRefusedOrder, toUserError } from '../../../rehearsal/thread/rehearse-in-thread';
import type { RefusedOrder, RehearsalOrder } from '../../../rehearsal/thread/rehearse-in-thread';
import type { RehearsalProgress } from '../../../rehearsal/rehearse';
import { policyText, startAt } from '../../support/rehearsed-tenant';

const folder = mkdtempSync(join(tmpdir(), 'rehearsing-'));
const order: RehearsalOrder = {
  tenantFile: join(folder, 'no.json'),
  policy: { name: 'p.yaml', text: policyText },
  days: 1,
  seed: 1,
  startAt,
  approves: false,
  people: {},
  prices: new Map([['ems', 10]]),
};

afterAll(() => rmSync(folder, { recursive: true }));

/** A thread that does this, in place of the real one: the built product is not there in a test of its sources. */
function scriptOf(does: string): string {
  const path = join(folder, `script-${String(does.length)}.js`);
  writeFileSync(path, `const { parentPort, workerData } = require('node:worker_threads');\n${does}`);
  return path;
}

const inThread = (does: string, onProgress: (progress: RehearsalProgress) => void = () => undefined) =>
  rehearseInThread(order, onProgress, scriptOf(does));

describe('rehearseInThread', () => {
  it('hands the order over, passes progress on, and answers what the thread came to', async () => {
    const told: RehearsalProgress[] = [];
    const does = `parentPort.postMessage({ progress: { minutes: 1, known: 2, users: 3 } });
      parentPort.postMessage({ rehearsal: { given: workerData.prices.get('ems'), days: workerData.days } });
      setInterval(() => undefined, 1000);`;

    expect(await inThread(does, (progress) => told.push(progress))).toEqual({ given: 10, days: 1 });
    expect(told).toEqual([{ minutes: 1, known: 2, users: 3 }]);
  });

  it('gives the thread room for what is new', async () => {
    const does = `parentPort.postMessage({ rehearsal: require('node:worker_threads').resourceLimits });`;
    const limits = (await inThread(does)) as unknown as NodeJS.Dict<number>;

    expect(limits['maxYoungGenerationSizeMb']).toBe(192);
    expect(limits['maxOldGenerationSizeMb']).toBeGreaterThan(500);
  });

  it('refuses what the thread refuses', async () => {
    const refused = {
      code: 'tenant/unreadable',
      message: 'It is none',
      hint: 'Give one',
      details: { at: 3 },
    };
    const does = `parentPort.postMessage({ refused: ${JSON.stringify(refused)} });`;

    await expect(inThread(does)).rejects.toMatchObject(refused);
    await expect(inThread(does)).rejects.toBeInstanceOf(UserError);
  });

  it('fails where the thread fails, or ends with nothing to say', async () => {
    await expect(inThread(`throw new TypeError('broken');`)).rejects.toThrow('broken');
    await expect(inThread(`process.exit(3);`)).rejects.toThrow('ended early, with code 3');
  });

  it('says how to give it more memory where it has used up what it may have', async () => {
    const does = `const error = new Error('Worker terminated due to reaching memory limit');
      throw Object.assign(error, { code: 'ERR_WORKER_OUT_OF_MEMORY' });`;

    const refused = await inThread(does).catch((thrown: unknown) => thrown);

    expect(refused).toBeInstanceOf(UserError);
    expect(refused).toMatchObject({
      code: 'rehearsal/memory',
      hint: expect.stringMatching(/NODE_OPTIONS=--max-old-space-size=\d{4}/),
    });
  });

  it('rehearses in its own thread where the product is not built', async () => {
    await expect(rehearseInThread(order, () => undefined, join(folder, 'no.js'))).rejects.toMatchObject({
      code: 'tenant/unreadable',
    });
  });
});

describe('toRefusedOrder', () => {
  it('survives the way between threads', () => {
    const error = new UserError('policy/invalid', 'p.yaml is none', {
      hint: 'Repair it',
      details: { line: 4 },
    });

    const again = toUserError(structuredClone(toRefusedOrder(error) as RefusedOrder));

    expect(again).toBeInstanceOf(UserError);
    expect(again).toMatchObject({ code: 'policy/invalid', hint: 'Repair it', details: { line: 4 } });
    expect(again.message).toBe('p.yaml is none');
    expect(toRefusedOrder(new Error('broken'))).toBeUndefined();
  });
});
