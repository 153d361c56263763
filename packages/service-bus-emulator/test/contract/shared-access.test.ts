import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ServiceBusClient } from '@azure/service-bus';
import { isSignedWith } from '../../src/front/shared-access';
import { connectAdministration } from '../support/administration';
import { clientOptions, soon, startBus } from '../support/bus';
import type { Bus } from '../support/bus';

const key = Buffer.from('the key of this broker').toString('base64');
let bus: Bus;
beforeAll(async () => {
  bus = await startBus({ plain: {} }, { key });
});
afterAll(() => bus.stop());

describe('a broker with a key of its own', () => {
  it('serves who has it', async () => {
    await bus.client.createSender('plain').sendMessages({ body: 'mine' });
    const receiver = bus.client.createReceiver('plain');
    const [message] = await receiver.receiveMessages(1, soon);

    expect(message?.body).toBe('mine');
    if (message) await receiver.completeMessage(message);
    expect((await connectAdministration(bus).getQueue('plain')).name).toBe('plain');
  });

  it.each([
    ['another key', (text: string) => text.replace(key, Buffer.from('guessed').toString('base64'))],
    ['the key that is in every manual', (text: string) => text.replace(key, 'SAS_KEY_VALUE')],
    ['another name of the key', (text: string) => text.replace('RootManage', 'Root')],
  ])('takes nothing from who has %s', async (_, change) => {
    const client = new ServiceBusClient(change(bus.connectionString), clientOptions);

    await expect(client.createSender('plain').sendMessages({ body: 'theirs' })).rejects.toThrow();
    await expect(client.createReceiver('plain').peekMessages(1)).rejects.toThrow();

    await client.close();
    expect(bus.counters().queues['plain']?.active ?? 0).toBe(0);
  });

  it('is managed with it alone, and shows its counters', async () => {
    const origin = `http://127.0.0.1:${String(bus.managementPort)}`;

    expect((await fetch(`${origin}/plain`, { method: 'DELETE' })).status).toBe(401);
    expect((await fetch(`${origin}/plain`)).status).toBe(401);
    expect((await fetch(`${origin}/health`)).status).toBe(200);
    expect((await fetch(`${origin}/_local/counters`)).status).toBe(200);
  });
});

describe('a token', () => {
  const own = { name: 'n', key: 'secret' };
  const sig = 'AAAAqZqr1CJWEvYNLs8b3Y5gXqXRJv2O%2FVJxZ0o5Xb8%3D';
  const signed = (expiry: number, resource = 'sb%3A%2F%2Fhost%2Fq') => {
    const made = createHmac('sha256', 'secret')
      .update(`${resource}\n${String(expiry)}`)
      .digest('base64');
    return `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(made)}&se=${String(expiry)}&skn=n`;
  };

  it('is taken until it expires, for what it was signed for', () => {
    expect(isSignedWith(own, signed(2_000), 1_999_999)).toBe(true);
    expect(isSignedWith(own, signed(2_000), 2_000_000)).toBe(false);
    expect(isSignedWith(own, signed(2_000).replace('se=2000', 'se=3000'), 0)).toBe(false);
    expect(isSignedWith(own, signed(2_000).replace('host', 'else'), 0)).toBe(false);
    expect(isSignedWith({ ...own, key: 'another' }, signed(2_000), 0)).toBe(false);
  });

  it.each([
    ['no token', undefined],
    ['an empty one', ''],
    ['another scheme', 'Bearer x'],
    ['no signature', 'SharedAccessSignature sr=x&se=9999999999&skn=n'],
    ['a wrong signature', `SharedAccessSignature sr=x&sig=${sig}&se=9999999999&skn=n`],
    ['a signature that cannot be decoded', 'SharedAccessSignature sr=x&sig=%E0%A4%A&se=9999999999&skn=n'],
    ['no expiry', `SharedAccessSignature sr=x&sig=${sig}&skn=n`],
  ])('is refused: %s', (_, token) => {
    expect(isSignedWith(own, token, 0)).toBe(false);
  });
});
