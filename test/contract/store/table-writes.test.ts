import { RestError, TableClient } from '@azure/data-tables';
import type { TransactionAction } from '@azure/data-tables';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeTableWrites } from '../../../shared/store/tables/wire/table-writes';
import type { TableWrites } from '../../../shared/store/tables/wire/table-writes';
import { leaseTables } from '../../support/clouds/lease-tables';
import type { LentTables } from '../../support/clouds/lease-tables';

const options = { allowInsecureConnection: true, retryOptions: { maxRetries: 0 } };
const call = { abortSignal: new AbortController().signal };
let azurite: LentTables;
let client: TableClient;
let writes: TableWrites;
beforeAll(async () => {
  azurite = await leaseTables();
  client = new TableClient(azurite.endpoint, 'tablewrites', azurite.credential, options);
  writes = makeTableWrites(client);
  await client.createTable();
});

async function refusal(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RestError)) throw new Error('It was not refused', { cause: error });
  // What the stores look at: the SDK tells a transaction's code at another place.
  const { statusCode, details, code } = error;
  return { statusCode, code: (details as { odataError?: { code?: string } })?.odataError?.code ?? code };
}
const row = (rowKey: string, more: object = {}) => ({ partitionKey: 'p', rowKey, ...more });
const stored = async (partitionKey: string, rowKey: string) => {
  const found = await client.getEntity<Record<string, unknown>>(partitionKey, rowKey);
  return Object.fromEntries(
    Object.entries(found).filter(([name]) => !/^(?:odata\.metadata|etag|timestamp)$/.test(name)),
  );
};

describe('writes of a table are those of the SDK', () => {
  const values = {
    text: 'quote " and \\ and 漢字 and 😀',
    empty: '',
    whole: 7,
    fraction: 0.5,
    large: 1_790_000_000_000,
    yes: true,
    big: 2n ** 60n,
    at: new Date('2026-11-30T10:00:00.123Z'),
    bytes: new Uint8Array([0, 1, 254, 255]),
    id: { value: '06ebc4ee-1bb5-47dd-8120-11324bc54e06', type: 'Guid' },
  };
  const odd = "it's a_row with 100% of=everything+ü & 漢";

  it('in every kind of property, with any key, by itself and in a transaction', async () => {
    await client.createEntity({ partitionKey: 'known', rowKey: odd, ...values });
    const known = await stored('known', odd);

    await writes.createEntity({ partitionKey: 'single', rowKey: odd, ...values }, call);
    await writes.submitTransaction(
      [
        ['upsert', { partitionKey: 'several', rowKey: odd, ...values }, 'Replace'],
        ['create', { partitionKey: 'several', rowKey: 'b', ...values }],
      ],
      call,
    );

    for (const [partitionKey, rowKey] of [
      ['single', odd],
      ['several', odd],
      ['several', 'b'],
    ] as const)
      expect(await stored(partitionKey, rowKey)).toEqual({ ...known, partitionKey, rowKey });
  });

  it('in ETags, which are those of the stored rows', async () => {
    const created = await writes.createEntity(row('tags', { n: 1 }), call);
    expect(created.etag).toBe((await client.getEntity('p', 'tags')).etag);

    const { etag = '' } = created;
    const replaced = await writes.updateEntity(row('tags', { m: 2 }), 'Replace', { etag, ...call });
    expect(replaced.etag).toBe((await client.getEntity('p', 'tags')).etag);
    expect(await stored('p', 'tags')).toEqual(row('tags', { m: 2 }));

    const guard: TransactionAction = ['update', row('tags'), 'Replace', { etag: replaced.etag ?? '' }];
    const { subResponses } = await writes.submitTransaction([guard, ['create', row('tags2')]], call);
    expect(subResponses.map((one) => one.etag)).toEqual([
      (await client.getEntity('p', 'tags')).etag,
      (await client.getEntity('p', 'tags2')).etag,
    ]);
  });

  it('in what the service refuses, and a refused transaction changes nothing', async () => {
    await client.createEntity(row('there'));
    const old = { etag: 'W/"datetime\'2020-01-01T00%3A00%3A00.0000000Z\'"', ...call };
    const missing = new TableClient(azurite.endpoint, 'nevermade', azurite.credential, options);
    const both = (work: (from: TableWrites) => Promise<unknown>, table = client) =>
      Promise.all([refusal(work(makeTableWrites(table))), refusal(work(table))]);
    const refusedTogether = (last: TransactionAction) => (from: TableWrites) =>
      from.submitTransaction([['create', row('half')], last], call);

    for (const [own, known] of [
      await both((from) => from.createEntity(row('there'), call)),
      await both((from) => from.updateEntity(row('there'), 'Replace', old)),
      await both((from) => from.updateEntity(row('nowhere'), 'Replace', old)),
      await both((from) => from.deleteEntity('p', 'there', old)),
      await both((from) => from.deleteEntity('p', 'nowhere', old)),
      await both((from) => from.createEntity(row('a'), call), missing),
      await both(refusedTogether(['create', row('there')])),
      await both(refusedTogether(['update', row('there'), 'Replace', { etag: old.etag }])),
      await both(refusedTogether(['delete', row('nowhere')])),
    ])
      expect(own).toEqual(known);
    await expect(client.getEntity('p', 'half')).rejects.toMatchObject({ statusCode: 404 });
  });

  it('in deletions, and in merging where replacing is not asked for', async () => {
    await client.createEntity(row('goes'));
    await client.createEntity(row('stays', { a: 1 }));

    await writes.deleteEntity('p', 'goes', { etag: '*', ...call });
    await writes.submitTransaction([['upsert', row('stays', { b: 2 }), 'Merge']], call);
    await writes.submitTransaction(
      [
        ['update', row('stays', { c: 3 }), 'Merge', {}],
        ['upsert', row('new'), 'Replace'],
      ],
      call,
    );

    await expect(client.getEntity('p', 'goes')).rejects.toMatchObject({ statusCode: 404 });
    expect(await stored('p', 'stays')).toEqual(row('stays', { a: 1, b: 2, c: 3 }));
  });
});

describe('an answer to a transaction', () => {
  it.each([
    [
      'tells of fewer changes than were sent',
      202,
      '--changesetresponse_x\r\nHTTP/1.1 204 No Content\r\n\r\n',
    ],
    ['was cut off', 202, '--changesetrespo'],
  ])('that %s is none, so that the row is looked at again', async (_what, status, body) => {
    const server = createServer((_request, response) => response.writeHead(status).end(body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const far = new TableClient(`http://127.0.0.1:${port}/account`, 'rows', azurite.credential, options);

    const refused = await refusal(
      makeTableWrites(far).submitTransaction(
        [
          ['create', row('a')],
          ['create', row('b')],
        ],
        call,
      ),
    );

    expect(refused.statusCode).toBeUndefined();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
