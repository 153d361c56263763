import { RestError } from '@azure/data-tables';
import type { TableClient, TableEntityResult } from '@azure/data-tables';
import { createDefaultHttpClient, createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline';
import type { PipelineResponse } from '@azure/core-rest-pipeline';
import { lightPipeline } from '../../kernel/light-pipeline';

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

/** Connections are kept and shared by all tables of a process. */
const http = createDefaultHttpClient();

/** JSON is read here, and what fails is retried by the caller. */
const uselessPhases = ['Serialize', 'Deserialize', 'Retry'] as const;

/**
 * The reads of the SDK's client, as it sends them (generated/operations/table.js of @azure/data-tables), at a fraction of its
 * processor time: a page of an operator asks for a dozen of them every few seconds.
 */
export function makeTableReads(client: Pick<TableClient, 'url' | 'tableName' | 'pipeline'>): TableReads {
  const { tableName } = client;
  const pipeline = lightPipeline(client.pipeline);
  for (const phase of uselessPhases) pipeline.removePolicy({ phase });
  const account = client.url.replace(/\/$/, '');
  const allowInsecureConnection = account.startsWith('http:');
  const get = async (path: string, signal: AbortSignal): Promise<Answer> => {
    const request = createPipelineRequest({
      url: `${account}/${path}`,
      headers: createHttpHeaders({
        accept: 'application/json;odata=minimalmetadata',
        'x-ms-version': '2019-02-02',
        dataserviceversion: '3.0',
      }),
      abortSignal: signal,
      allowInsecureConnection,
    });
    const response = await pipeline.sendRequest(http, request);
    if (response.status !== 200) throw refusalOf(response);
    return { response, body: toObject(response) };
  };
  return {
    async row(partitionKey, rowKey, signal) {
      const keys = `PartitionKey=${keyOf(partitionKey)},RowKey=${keyOf(rowKey)}`;
      return toRow((await get(`${tableName}(${keys})`, signal)).body);
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

function keyOf(text: string): string {
  return `'${encodeURIComponent(text.replaceAll("'", "''"))}'`;
}

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

/** An answer that was cut off, or came from something between: without a status, it counts as none. */
function unreadable({ request }: PipelineResponse): RestError {
  return new RestError('The table service gave an answer that cannot be read', {
    code: RestError.PARSE_ERROR,
    request,
  });
}

/** https://learn.microsoft.com/rest/api/storageservices/status-and-error-codes2 */
function refusalOf(response: PipelineResponse): RestError {
  const { status: statusCode, request, headers } = response;
  let code = headers.get('x-ms-error-code');
  try {
    const body = JSON.parse(response.bodyAsText ?? '') as { 'odata.error'?: { code?: unknown } };
    const told = body['odata.error']?.code;
    if (typeof told === 'string') code = told;
  } catch {
    // Something between that knows nothing of tables: its status counts.
  }
  const error = new RestError(`The table service answered ${String(statusCode)} ${code ?? ''}`, {
    statusCode,
    request,
    response,
  });
  error.details = { odataError: { code } };
  return error;
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
