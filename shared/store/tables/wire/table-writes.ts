import { randomUUID } from 'node:crypto';
import type { PipelineResponse } from '@azure/core-rest-pipeline';
import type { TransactionAction } from '@azure/data-tables';
import { accountOf, makeTableRequests, pathOfRow, refusalOf, unreadable } from './table-requests';
import type { RequestedTable } from './table-requests';

/** A row as it is written: keys, and properties of the kinds that the SDK's client takes. */
export type WrittenRow = { readonly partitionKey: string; readonly rowKey: string };
type Call = { readonly abortSignal: AbortSignal };
type Written = { readonly etag?: string | undefined };

/** Writes of one table, each a single request. The SDK's client is one too. */
export interface TableWrites {
  /** @throws RestError the row is there already (409), or whatever else the service answers */
  createEntity(row: WrittenRow, call: Call): Promise<Written>;
  /** @throws RestError the row is another one by now (412) or gone (404) */
  updateEntity(row: WrittenRow, mode: 'Replace', call: Call & { readonly etag: string }): Promise<Written>;
  /** @throws RestError the row is another one by now (412) or gone (404) */
  deleteEntity(
    partitionKey: string,
    rowKey: string,
    call: Call & { readonly etag: string },
  ): Promise<unknown>;
  /** Changes of one partition, all or nothing. @throws RestError what the first change that is refused answers */
  submitTransaction(
    actions: TransactionAction[],
    call: Call,
  ): Promise<{ readonly subResponses: readonly Written[] }>;
}

/** One change as a request: by itself, or as a part of a transaction. */
type Change = {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};

const accept = { accept: 'application/json;odata=minimalmetadata' } as const;
const json = { ...accept, 'content-type': 'application/json;odata=nometadata' } as const;
/** Of an insert the service gives back the whole row, unless it is asked not to. */
const silent = { ...json, prefer: 'return-no-content' } as const;

/**
 * The writes of the SDK's client, as it sends them (TableClient.js and TableTransaction.js of @azure/data-tables), at a
 * fraction of its processor time: for each transaction that client makes another client, and takes each part through a
 * pipeline of its own.
 */
export function makeTableWrites(client: RequestedTable): TableWrites {
  const { tableName } = client;
  const request = makeTableRequests(client);
  const send = async (change: Change, { abortSignal: signal }: Call): Promise<Written> => {
    const response = await request({ ...change, signal });
    if (response.status !== 201 && response.status !== 204) throw refusalOf(response);
    return { etag: response.headers.get('etag') };
  };
  return {
    createEntity: (row, call) => send(toInsert(tableName, row), call),
    updateEntity: (row, _mode, call) => send(toReplace(tableName, row, call.etag), call),
    deleteEntity: (partitionKey, rowKey, call) =>
      send(toDelete(tableName, { partitionKey, rowKey }, call.etag), call),
    async submitTransaction(actions, call) {
      const changes = actions.map((action) => toChange(tableName, action));
      const [only, ...others] = changes;
      if (only === undefined) return { subResponses: [] };
      // By itself a change is as much all or nothing.
      if (others.length === 0) return { subResponses: [await send(only, call)] };
      const batch = randomUUID();
      const response = await request({
        method: 'POST',
        path: '$batch',
        headers: { ...accept, 'content-type': `multipart/mixed; boundary=batch_${batch}` },
        body: toTransaction(changes, accountOf(client), batch),
        signal: call.abortSignal,
      });
      return { subResponses: fromTransaction(response, changes.length) };
    },
  };
}

function toChange(tableName: string, [kind, row, ...rest]: TransactionAction): Change {
  switch (kind) {
    case 'create':
      return toInsert(tableName, row);
    case 'delete':
      return toDelete(tableName, row, '*');
    case 'upsert':
      return { ...toReplace(tableName, row), ...methodOf(rest[0]) };
    case 'update': {
      const [mode, { etag = '*' } = {}] = rest as [string?, { readonly etag?: string }?];
      return { ...toReplace(tableName, row, etag), ...methodOf(mode) };
    }
  }
}

/** The SDK merges where nothing is said. */
function methodOf(mode: unknown): Pick<Change, 'method'> {
  return { method: mode === 'Replace' ? 'PUT' : 'PATCH' };
}

function toInsert(tableName: string, row: WrittenRow): Change {
  return { method: 'POST', path: tableName, headers: silent, body: toJson(row) };
}

/** `etag` undefined: whatever is there, and also where nothing is. */
function toReplace(tableName: string, row: WrittenRow, etag?: string): Change {
  const { partitionKey, rowKey } = row;
  return {
    method: 'PUT',
    path: pathOfRow(tableName, partitionKey, rowKey),
    headers: etag === undefined ? json : { ...json, 'if-match': etag },
    body: toJson(row),
  };
}

function toDelete(tableName: string, { partitionKey, rowKey }: WrittenRow, etag: string): Change {
  return {
    method: 'DELETE',
    path: pathOfRow(tableName, partitionKey, rowKey),
    headers: { ...accept, 'if-match': etag },
  };
}

const wireNames: Readonly<Record<string, string>> = {
  partitionKey: 'PartitionKey',
  rowKey: 'RowKey',
  timestamp: 'Timestamp',
  etag: 'odata.etag',
};

/**
 * The row as JSON (`serialize` in the SDK's serialization.js).
 * https://learn.microsoft.com/rest/api/storageservices/payload-format-for-table-service-operations#property-types-in-a-json-feed
 */
function toJson(row: WrittenRow): string {
  const wire: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row) as [string, unknown][]) {
    const wireName = wireNames[name] ?? name;
    const [written, type] = typed(value);
    wire[wireName] = written;
    if (type !== undefined) wire[`${wireName}@odata.type`] = `Edm.${type}`;
  }
  return JSON.stringify(wire);
}

function typed(value: unknown): readonly [unknown, string?] {
  if (typeof value === 'bigint') return [value.toString(), 'Int64'];
  if (typeof value !== 'object' || value === null) return [value];
  if (value instanceof Date) return [value.toISOString(), 'DateTime'];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('base64'), 'Binary'];
  const { value: inner, type } = value as { readonly value?: unknown; readonly type?: string };
  return type === undefined ? [inner] : [inner, type];
}

const end = '\r\n';

/** https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions */
function toTransaction(changes: readonly Change[], account: string, batch: string): string {
  const boundary = `changeset_${batch}`;
  const parts = changes.map(({ method, path, headers, body = '' }) =>
    [
      `--${boundary}`,
      'content-type: application/http',
      'content-transfer-encoding: binary',
      '',
      `${method} ${account}/${path} HTTP/1.1`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      'dataserviceversion: 3.0',
      '',
      body,
    ].join(end),
  );
  return [
    `--batch_${batch}`,
    `content-type: multipart/mixed; boundary=${boundary}`,
    '',
    ...parts,
    `--${boundary}--`,
    `--batch_${batch}--`,
    '',
  ].join(end);
}

/** The ETags by change; a transaction that is refused has one part alone, which says why. */
function fromTransaction(response: PipelineResponse, count: number): readonly Written[] {
  if (response.status !== 202) throw refusalOf(response);
  const parts = (response.bodyAsText ?? '').split('--changesetresponse_').slice(1, -1);
  const written = parts.map((part) => {
    const status = Number(/HTTP\/1\.1 (\d{3})/.exec(part)?.[1]);
    if (status >= 200 && status < 300) return { etag: /^etag: *(.*?)\r?$/im.exec(part)?.[1] };
    if (status >= 400) throw refusalOf(response, status, /\{.*\}/s.exec(part)?.[0] ?? '');
    throw unreadable(response);
  });
  if (written.length !== count) throw unreadable(response);
  return written;
}
