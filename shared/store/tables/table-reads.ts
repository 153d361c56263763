import type { TableEntityResult } from '@azure/data-tables';
import type { PipelineResponse } from '@azure/core-rest-pipeline';
import { makeTableRequests, pathOfRow, refusalOf, unreadable } from './wire/table-requests';
import type { RequestedTable } from './wire/table-requests';

type Row = TableEntityResult<Record<string, unknown>>;

/** What is asked of a table: an OData filter ('': every row), at most `top` rows, only the properties of `select`. */
export type RowQuery = {
  readonly filter: string;
  readonly select: readonly string[] | undefined;
  readonly top: number;
  /** Where the page before ended; undefined: from the first row. */
  readonly after: PageEnd | undefined;
};

/** https://learn.microsoft.com/rest/api/storageservices/query-timeout-and-pagination */
export type PageEnd = { readonly partitionKey: string; readonly rowKey: string | null };

export type RowPage = {
  readonly rows: readonly Row[];
  /** undefined: there are no more rows. */
  readonly end: PageEnd | undefined;
};

/** Reads of one table, each a single request. */
export interface TableReads {
  /** @throws RestError there is no such row (404), or whatever else the service answers */
  row(partitionKey: string, rowKey: string, signal: AbortSignal): Promise<Row>;
  /** @throws RestError whatever the service answers but rows */
  page(query: RowQuery, signal: AbortSignal): Promise<RowPage>;
}

const headers = { accept: 'application/json;odata=minimalmetadata' } as const;

/**
 * The reads of the SDK's client, as it sends them (generated/operations/table.js of @azure/data-tables), at a fraction of its
 * processor time: a page of an operator asks for a dozen of them every few seconds.
 */
export function makeTableReads(client: RequestedTable): TableReads {
  const { tableName } = client;
  const request = makeTableRequests(client);
  const get = async (path: string, signal: AbortSignal): Promise<Answer> => {
    const response = await request({ method: 'GET', path, headers, signal });
    if (response.status !== 200) throw refusalOf(response);
    return { response, body: toObject(response) };
  };
  return {
    async row(partitionKey, rowKey, signal) {
      return toRow((await get(pathOfRow(tableName, partitionKey, rowKey), signal)).body);
    },
    async page(query, signal) {
      const { response, body } = await get(`${tableName}()?${toParameters(query)}`, signal);
      const { value } = body;
      if (!Array.isArray(value)) throw unreadable(response);
      const partitionKey = response.headers.get('x-ms-continuation-nextpartitionkey');
      const rowKey = response.headers.get('x-ms-continuation-nextrowkey') ?? null;
      return {
        rows: value.map((one) => toRow(one as Json)),
        end: partitionKey ? { partitionKey, rowKey } : undefined,
      };
    },
  };
}

/** An object of a JSON answer. */
type Json = Readonly<Record<string, unknown>>;
type Answer = { readonly response: PipelineResponse; readonly body: Json };

function toParameters({ filter, select, top, after }: RowQuery): string {
  const parameters = [
    `$top=${String(top)}`,
    ...(filter === '' ? [] : [`$filter=${encodeURIComponent(filter)}`]),
    ...(select === undefined ? [] : [`$select=${encodeURIComponent(select.join(','))}`]),
    ...(after === undefined ? [] : [`NextPartitionKey=${encodeURIComponent(after.partitionKey)}`]),
    ...(after?.rowKey ? [`NextRowKey=${encodeURIComponent(after.rowKey)}`] : []),
  ];
  return parameters.join('&');
}

function toObject(response: PipelineResponse): Json {
  try {
    const body: unknown = JSON.parse(response.bodyAsText ?? '');
    if (typeof body === 'object' && body !== null) return body as Json;
  } catch {
    // Told below.
  }
  throw unreadable(response);
}

const ownNames: Readonly<Record<string, string>> = {
  PartitionKey: 'partitionKey',
  RowKey: 'rowKey',
  Timestamp: 'timestamp',
  'odata.etag': 'etag',
};
const typeSuffix = '@odata.type';

/** The row as the SDK's client gives it (`deserialize` in its serialization.js). */
function toRow(json: Json): Row {
  const row: Record<string, unknown> = {};
  for (const name in json) {
    if (name.endsWith(typeSuffix)) continue;
    const type = json[name + typeSuffix];
    row[ownNames[name] ?? name] = type === undefined ? json[name] : typed(json[name], type);
  }
  return row as Row;
}

/** https://learn.microsoft.com/rest/api/storageservices/payload-format-for-table-service-operations#property-types-in-a-json-feed */
function typed(value: unknown, type: unknown): unknown {
  if (type === 'Edm.Int64') return BigInt(String(value));
  if (type === 'Edm.DateTime') return new Date(String(value));
  if (type === 'Edm.Guid') return { value, type: 'Guid' };
  if (type === 'Edm.Binary') return new Uint8Array(Buffer.from(String(value), 'base64'));
  return value;
}
