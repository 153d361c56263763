import { describe, expect, it } from '@jest/globals';
import { ConnectionLostError, openBroker, orLost } from '../../src/service-bus/broker-connection';

describe('work over a connection', () => {
  it('gives its value, or its own error, while the connection lasts', async () => {
    const { signal } = new AbortController();

    await expect(orLost(Promise.resolve(7), signal)).resolves.toBe(7);
    await expect(orLost(Promise.reject(new Error('own')), signal)).rejects.toThrow('own');
  });

  it('is given up when the connection is lost, before or meanwhile', async () => {
    const lost = new AbortController();
    const pending = orLost(new Promise(() => undefined), lost.signal);

    lost.abort();

    await expect(pending).rejects.toThrow(ConnectionLostError);
    await expect(orLost(new Promise(() => undefined), lost.signal)).rejects.toThrow(ConnectionLostError);
  });

  it('is lost when nothing listens', async () => {
    const { client, lost } = openBroker(
      'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=k;SharedAccessKey=v;UseDevelopmentEmulator=true;',
    );

    await expect(client.createReceiver('q').peekMessages(1)).rejects.toThrow('ECONNREFUSED');

    expect(lost.aborted).toBe(true);
    await client.close();
  });
});
