import { RestError, createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline';
import type { HttpClient, HttpMethods, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import type { TableClient } from '@azure/data-tables';
import type { Agent, IncomingHttpHeaders } from 'node:http';
import { ensureError } from '../../../kernel/errors';
import { makeExchange } from '../../../kernel/http/exchange';
import { lightPipeline } from '../../../kernel/light-pipeline';

/** One request about one table. `path`: behind the account's address. */
export type TableRequest = {
  readonly method: HttpMethods;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
};

/** What the requests of a table need of the SDK's client: where the account is, and who signs. */
export type RequestedTable = Pick<TableClient, 'url' | 'tableName' | 'pipeline'>;

/** JSON is read and written here, and what fails is retried by the caller. */
const uselessPhases = ['Serialize', 'Deserialize', 'Retry'] as const;
/** https://learn.microsoft.com/rest/api/storageservices/versioning-for-the-azure-storage-services */
const versions = { 'x-ms-version': '2019-02-02', dataserviceversion: '3.0' } as const;

/** Connections are kept and shared by all tables of a process. */
const exchange = makeExchange();

/** The wire below the SDK's policies, at a fraction of the processor time of the SDK's own client. */
const wire: HttpClient = {
  async sendRequest(request: PipelineRequest): Promise<PipelineResponse> {
    const { method, url, body, abortSignal, agent } = request;
    try {
      const {
        status,
        headers,
        body: bodyAsText,
      } = await exchange({
        method,
        url,
        headers: request.headers.toJSON({ preserveCase: true }),
        body: body as string | undefined,
        signal: abortSignal as AbortSignal | undefined,
        agent: agent as Agent | undefined,
      });
      return { request, status, headers: createHttpHeaders(firstOfEach(headers)), bodyAsText };
    } catch (thrown) {
      const error = ensureError(thrown);
      // By this name the store knows its own time-out.
      if (abortSignal?.aborted === true)
        throw Object.assign(new Error('The request was given up on'), { name: 'AbortError' });
      const { code = RestError.REQUEST_SEND_ERROR } = error as NodeJS.ErrnoException;
      throw new RestError(error.message, { code, request });
    }
  },
};

function firstOfEach(headers: IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) flat[name] = first;
  }
  return flat;
}

/**
 * Sends requests about a table as the SDK's client does: its policies sign them, find the proxy and number them.
 * @throws RestError without a status: there was no whole answer; every other answer is the caller's to judge
 */
export function makeTableRequests(
  client: RequestedTable,
): (request: TableRequest) => Promise<PipelineResponse> {
  const pipeline = lightPipeline(client.pipeline);
  for (const phase of uselessPhases) pipeline.removePolicy({ phase });
  const account = accountOf(client);
  const allowInsecureConnection = account.startsWith('http:');
  return ({ method, path, headers, body, signal }) =>
    pipeline.sendRequest(
      wire,
      createPipelineRequest({
        url: `${account}/${path}`,
        method,
        headers: createHttpHeaders({ ...versions, ...headers }),
        abortSignal: signal,
        allowInsecureConnection,
        ...(body === undefined ? {} : { body }),
      }),
    );
}

/** The account's address, without a slash at its end. */
export function accountOf({ url }: Pick<RequestedTable, 'url'>): string {
  return url.replace(/\/$/, '');
}

/** The address of a row, behind the account's. */
export function pathOfRow(tableName: string, partitionKey: string, rowKey: string): string {
  return `${tableName}(PartitionKey=${keyOf(partitionKey)},RowKey=${keyOf(rowKey)})`;
}

function keyOf(text: string): string {
  return `'${encodeURIComponent(text.replaceAll("'", "''"))}'`;
}

/**
 * What the service refused, with its status and code. `status` and `text`: of a part of a transaction.
 * https://learn.microsoft.com/rest/api/storageservices/status-and-error-codes2
 */
export function refusalOf(
  response: PipelineResponse,
  statusCode = response.status,
  text = response.bodyAsText ?? '',
): RestError {
  const { request, headers } = response;
  let code = headers.get('x-ms-error-code');
  try {
    const body = JSON.parse(text) as { 'odata.error'?: { code?: unknown } };
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

/** An answer that was cut off, or came from something between: without a status, it counts as none. */
export function unreadable({ request }: PipelineResponse): RestError {
  return new RestError('The table service gave an answer that cannot be read', {
    code: RestError.PARSE_ERROR,
    request,
  });
}
