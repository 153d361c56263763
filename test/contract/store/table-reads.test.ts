import { RestError, TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeTableReads } from '../../../shared/store/tables/table-reads';
import type { PageEnd, TableReads } from '../../../shared/store/tables/table-reads';
import { leaseTables } from '../../support/clouds/lease-tables';
import type { LentTables } from '../../support/clouds/lease-tables';

const options = { allowInsecureConnection: true, retryOptions: { maxRetries: 0 } };
const never = new AbortController().signal;
let azurite: LentTables;
let client: TableClient;
let reads: TableReads;
beforeAll(async () => {
  azurite = await leaseTables();
  client = new TableClient(azurite.endpoint, 'tablereads', azurite.credential, options);
  reads = makeTableReads(client);
  await client.createTable();
});

async function refusal(work: Promise<unknown>): Promise<RestError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof RestError) return error;
  throw new Error('It was not refused');
}
/** What the stores look at. */
const facts = ({ statusCode, details }: RestError) => ({
  statusCode,
  code: (details as { odataError?: { code?: string } }).odataError?.code,
});

describe('reads of a table are those of the SDK', () => {
  const odd = "it's a/row#with?100% of=everything+ü & \\ 漢";
  const keys = { partitionKey: 'kinds', rowKey: odd.replaceAll(/[/\\#?]/g, '_') };
  const row = {
    ...keys,
    text: 'quote " and \\ and 漢字 and 😀',
    empty: '',
    whole: 7,
    fraction: 0.5,
    yes: true,
    no: false,
    big: 2n ** 60n,
    at: new Date('2026-11-30T10:00:00.123Z'),
    bytes: new Uint8Array([0, 1, 254, 255]),
    id: { value: '06ebc4ee-1bb5-47dd-8120-11324bc54e06', type: 'Guid' },
  };

  it('in every kind of property, and with any key', async () => {
    await client.createEntity(row);

    const found = await reads.row(keys.partitionKey, keys.rowKey, never);
    const { 'odata.metadata': _, ...known } = await client.getEntity<Record<string, unknown>>(
      keys.partitionKey,
      keys.rowKey,
    );

    const { 'odata.metadata': __, ...same } = found;
    expect(same).toEqual(known);
    expect(same).toMatchObject({ ...row, bytes: expect.anything() });
    expect([...(found['bytes'] as Uint8Array)]).toEqual([0, 1, 254, 255]);
    expect(found.etag).toMatch(/^W\//);
  });

  it('page by page, with a filter, and of some properties only', async () => {
    for (let number = 0; number < 7; number++)
      await client.createEntity({ partitionKey: "it's", rowKey: String(number), number, json: 'x' });
    await client.createEntity({ partitionKey: 'other', rowKey: '0', number: 0, json: 'x' });
    const filter = "PartitionKey eq 'it''s' and RowKey gt '0'";
    const pages: unknown[][] = [];
    let after: PageEnd | undefined;
    do {
      const page = await reads.page({ filter, select: ['RowKey', 'number'], top: 4, after }, never);
      pages.push(page.rows.map(({ etag: _, ...one }) => one));
      after = page.end;
    } while (after !== undefined);

    expect(pages).toEqual([
      ['1', '2', '3', '4'].map((rowKey) => ({ rowKey, number: Number(rowKey) })),
      ['5', '6'].map((rowKey) => ({ rowKey, number: Number(rowKey) })),
    ]);
    const all = await reads.page({ filter: '', select: undefined, top: 1_000, after: undefined }, never);
    expect(all.rows.map(({ rowKey }) => rowKey)).toHaveLength(9);
  });

  it('in what they refuse: no row, no table, a filter that means nothing', async () => {
    const missing = new TableClient(azurite.endpoint, 'nevermade', azurite.credential, options);
    const none = { select: undefined, top: 1, after: undefined };
    const asked = [
      [refusal(reads.row('no', 'such', never)), refusal(client.getEntity('no', 'such'))],
      [refusal(makeTableReads(missing).row('a', 'b', never)), refusal(missing.getEntity('a', 'b'))],
      [
        refusal(makeTableReads(missing).page({ filter: '', ...none }, never)),
        refusal(missing.listEntities().next()),
      ],
      [
        refusal(reads.page({ filter: 'this is none', ...none }, never)),
        refusal(client.listEntities({ queryOptions: { filter: 'this is none' } }).next()),
      ],
    ] as const;

    for (const [own, known] of asked) expect(facts(await own)).toEqual(facts(await known));
  });
});

describe('an answer that is none', () => {
  type Given = { readonly status: number; readonly headers?: Record<string, string>; readonly body: string };
  let answer: Given;
  const server = createServer((_request, response) => {
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  let far: TableReads;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/account`;
    far = makeTableReads(new TableClient(endpoint, 'rows', azurite.credential, options));
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([
    ['is cut off', '{"value": [{"Part'],
    ['holds no rows', '{"value": {}}'],
    ['is no object', 'null'],
  ])('because it %s has no status, so that it is asked for again', async (_what, body) => {
    answer = { status: 200, body };
    const query = { filter: '', select: undefined, top: 1, after: undefined };

    expect((await refusal(far.page(query, never))).statusCode).toBeUndefined();
  });

  it('of something between keeps its status, and what it says of when to come again', async () => {
    answer = { status: 503, headers: { 'retry-after': '7' }, body: '<html>Busy</html>' };

    const error = await refusal(far.row('a', 'b', never));

    expect(error.statusCode).toBe(503);
    expect(error.response?.headers.get('retry-after')).toBe('7');
  });

  it('is given up on in time', async () => {
    answer = { status: 200, body: '{}' };
    const stopped = far.row('a', 'b', AbortSignal.abort());

    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('who asks', () => {
  it('signs by the SDK’s own policy, with a token as with a key', () => {
    const credential = { getToken: async () => ({ token: 't', expiresOnTimestamp: Date.now() + 3_600_000 }) };
    const byToken = new TableClient('https://account.table.core.windows.net', 'rows', credential);
    const sent: string[] = [];
    // The last policy sees what goes out.
    byToken.pipeline.addPolicy(
      {
        name: 'seen',
        sendRequest: async (request) => {
          sent.push(`${request.headers.get('authorization') ?? ''} ${request.url}`);
          throw new RestError('far enough', { statusCode: 400 });
        },
      },
      { afterPhase: 'Sign' },
    );

    return expect(
      makeTableReads(byToken)
        .row('a', 'b', never)
        .catch(() => sent),
    ).resolves.toEqual(["Bearer t https://account.table.core.windows.net/rows(PartitionKey='a',RowKey='b')"]);
  });
});
