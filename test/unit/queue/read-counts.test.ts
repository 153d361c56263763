import { ServiceBusAdministrationClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { redirectAdministration } from '../../../shared/queue/local-administration';
import { makeCountReader } from '../../../shared/queue/read-counts';

const connection =
  'Endpoint=sb://licenser.servicebus.windows.net/;SharedAccessKeyName=all;SharedAccessKey=a2V5';

/** As Service Bus answers; `prefix` of the namespace is its choice. */
const description = (prefix = 'd2p1:', name = 'license-changes', count = 12) =>
  `<entry xmlns="http://www.w3.org/2005/Atom"><title type="text">${name}</title>
<content type="application/xml"><QueueDescription xmlns="http://schemas.microsoft.com/netservices/2010/10/servicebus/connect">
<MessageCount>4711</MessageCount><UserMetadata>&lt;ActiveMessageCount&gt;99&lt;/ActiveMessageCount&gt;</UserMetadata>
<CountDetails xmlns:d2p1="http://schemas.microsoft.com/netservices/2011/06/servicebus">
<${prefix}ActiveMessageCount>${String(count)}</${prefix}ActiveMessageCount><${prefix}DeadLetterMessageCount>3</${prefix}DeadLetterMessageCount>
<${prefix}ScheduledMessageCount>4500</${prefix}ScheduledMessageCount><${prefix}TransferMessageCount>7</${prefix}TransferMessageCount>
<${prefix}TransferDeadLetterMessageCount>8</${prefix}TransferDeadLetterMessageCount></CountDetails></QueueDescription></content></entry>`;

type Asked = { readonly url: string; readonly authorization: string };
let answer: { readonly status: number; readonly body: string };
let asked: Asked[] = [];
const server = createServer((request, response) => {
  asked.push({ url: request.url ?? '', authorization: request.headers.authorization ?? '' });
  response.writeHead(answer.status, { 'content-type': 'application/atom+xml' }).end(answer.body);
});
let counts: ReturnType<typeof makeCountReader>;
/** Nothing is known of its list yet. */
let fresh: () => ReturnType<typeof makeCountReader>;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const administration = new ServiceBusAdministrationClient(connection, { retryOptions: { maxRetries: 0 } });
  fresh = () => makeCountReader(administration, 'licenser.servicebus.windows.net');
  counts = fresh();
  redirectAdministration(administration, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
const ask = async () => {
  asked = [];
  return counts('license-changes');
};

describe('the counts of a queue', () => {
  it.each(['d2p1:', 'ns0:', ''])(
    'are read from the answer itself, signed by the client (%s)',
    async (prefix) => {
      answer = { status: 200, body: description(prefix) };

      expect(await ask()).toEqual({ active: 12, scheduled: 4_500, deadLettered: 3 });
      expect(asked).toHaveLength(1);
      expect(asked[0]?.url).toBe('/license-changes?api-version=2021-05');
      expect(asked[0]?.authorization).toMatch(/^SharedAccessSignature .*skn=all/);
    },
  );

  it('of a queue that is not there are what the client says: that it is missing', async () => {
    // The service answers 200 with an empty feed.
    const body =
      '<feed xmlns="http://www.w3.org/2005/Atom"><title type="text">Publicly Listed Services</title></feed>';
    answer = { status: 200, body };

    await expect(ask()).rejects.toMatchObject({ code: 'MessageEntityNotFoundError' });
  });

  it('that may not be seen are refused as the client does', async () => {
    answer = {
      status: 401,
      body: '<Error><Code>401</Code><Detail>Manage claim is required</Detail></Error>',
    };

    await expect(ask()).rejects.toMatchObject({ statusCode: 401 });
  });

  it('of a broker in trouble are asked for once: its client has tried again already', async () => {
    answer = { status: 503, body: 'busy' };

    await expect(ask()).rejects.toMatchObject({ statusCode: 503 });
    expect(asked).toHaveLength(1);
  });
});

describe('the counts of several queues that are asked for at once', () => {
  const both = ['license-changes', 'directory-changes'] as const;
  const feed = (...entries: readonly string[]) =>
    `<feed xmlns="http://www.w3.org/2005/Atom"><title type="text">Queues</title>${entries.join('\n')}</feed>`;
  const list = feed(
    description('d2p1:', 'license-changes', 1),
    description('d2p1:', 'of-another-app', 2),
    description('d2p1:', 'directory-changes', 3),
  );
  const askAll = async (reader: typeof counts) => {
    asked = [];
    const found = await Promise.all(both.map(reader));
    return { active: found.map(({ active }) => active), urls: asked.map(({ url }) => url) };
  };

  it('come with one list of the namespace, each time anew', async () => {
    const reader = fresh();
    answer = { status: 200, body: list };
    const urls = ['/$Resources/Queues?api-version=2021-05&$skip=0&$top=21'];

    expect(await askAll(reader)).toEqual({ active: [1, 3], urls });
    answer = { status: 200, body: list.replace('Count>1<', 'Count>7<') };
    expect(await askAll(reader)).toEqual({ active: [7, 3], urls });
  });

  it('come one by one where the list is long, and it is not asked for again', async () => {
    const reader = fresh();
    const many = Array.from({ length: 21 }, (_none, index) =>
      description('', `queue-${String(index)}`, index),
    );
    answer = { status: 200, body: feed(...many, ...both.map((name) => description('', name, 5))) };
    expect((await askAll(reader)).active).toEqual([5, 5]);

    answer = { status: 200, body: description('', 'any', 6) };
    const { active, urls } = await askAll(reader);
    expect([active, urls.filter((url) => url.includes('Resources'))]).toEqual([[6, 6], []]);
  });

  it('come one by one where the list is refused', async () => {
    const reader = fresh();
    answer = { status: 401, body: '' };
    await expect(askAll(reader)).rejects.toMatchObject({ statusCode: 401 });

    answer = { status: 200, body: description('', 'any', 6) };
    expect((await askAll(reader)).active).toEqual([6, 6]);
  });
});
