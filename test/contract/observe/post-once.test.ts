import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { systemClock } from '../../../shared/kernel/clock';
import { postOnce } from '../../../shared/observe/post-once';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Takes a call and never answers. */
const server = createServer(() => undefined);
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const post = (timeoutMs: number, signal = new AbortController().signal) =>
  postOnce(url, { headers: {}, body: '{}', timeoutMs, signal, clock: systemClock });

it('a call that hangs ends after its time, also where garbage was collected meanwhile', async () => {
  const collecting = setInterval(collectGarbage, 50);

  const answer = await post(1_000).finally(() => clearInterval(collecting));

  expect(answer).toEqual({ kind: 'failed', problem: 'TimeoutError' });
});

it.each(['before it', 'while it hangs'])(
  'a call ends when its caller does not wait any more: %s',
  async (when) => {
    const caller = new AbortController();
    if (when === 'before it') caller.abort();
    const asked = post(120_000, caller.signal);
    caller.abort();

    expect(await asked).toEqual({ kind: 'failed', problem: 'AbortError' });
  },
);
