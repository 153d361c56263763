import { describe, expect, it } from '@jest/globals';
import type { Answer, OpenGraph, WireCall } from '@auto-licenser/graph-emulator/open-graph';
import { sendTo } from '../../../../rehearsal/world/graph-over-time';
import { VirtualTime } from '../../../../rehearsal/world/virtual-time';

const origin = 'https://graph.microsoft.com';

async function ask(options: RequestInit, answered: Partial<Answer>) {
  const time = new VirtualTime(0);
  const calls: WireCall[] = [];
  const answer = async (call: WireCall): Promise<Answer> => {
    calls.push(call);
    return { status: 200, headers: {}, body: undefined, isReset: false, record: undefined, ...answered };
  };
  const send = sendTo({ answer } as OpenGraph, time, () => 0.5, { read: [40, 40], write: [100, 100] });
  const [sent] = await Promise.all([send(`${origin}/v1.0/users?$top=1`, options), time.run(1_000)]);
  return { answer: sent, call: calls[0], tookMs: time.elapsedMs };
}

describe('sendTo', () => {
  it.each([
    ['a plain object', { 'Content-Type': 'application/json', Authorization: 'Bearer x' }],
    ['Headers', new Headers({ 'Content-Type': 'application/json', Authorization: 'Bearer x' })],
    [
      'pairs',
      [
        ['Content-Type', 'application/json'],
        ['Authorization', 'Bearer x'],
      ] as [string, string][],
    ],
  ])('hands over headers given as %s, by name in lower case', async (_, headers) => {
    const { call } = await ask({ method: 'POST', headers, body: '{}' }, {});

    expect(call).toMatchObject({ method: 'POST', url: '/v1.0/users?$top=1', text: '{}' });
    expect(call?.header('content-type')).toBe('application/json');
    expect(call?.header('authorization')).toBe('Bearer x');
    expect(call?.header('prefer')).toBeUndefined();
  });

  it('answers as fetch does', async () => {
    const { answer } = await ask({}, { status: 429, headers: { 'Retry-After': '7' }, body: { error: {} } });

    expect(answer).toMatchObject({ ok: false, status: 429 });
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(answer.headers.get('Retry-After')).toBe('7');
    expect(answer.headers.get('etag')).toBeNull();
    expect(await answer.text()).toBe('{"error":{}}');
    expect(await answer.json()).toEqual({ error: {} });
  });

  it('has no text where there is no body, and takes the time of a read or a write', async () => {
    const read = await ask({}, { status: 200, body: 'as it is' });
    const write = await ask({ method: 'PATCH', body: '{}' }, { status: 204, body: { not: 'sent' } });

    expect(await read.answer.text()).toBe('as it is');
    expect([read.answer.ok, read.tookMs]).toEqual([true, 40]);
    expect(await write.answer.text()).toBe('');
    expect([write.answer.ok, write.tookMs]).toEqual([true, 100]);
  });

  it('breaks off where the connection does', async () => {
    await expect(ask({}, { isReset: true })).rejects.toThrow('terminated');
  });
});
