import { createServer, request as ask } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request to the tables: `filter` of a query; undefined: of one row, or a write. */
export type TableRequest = {
  readonly method: string;
  readonly path: string;
  readonly filter: string | undefined;
};

/**
 * A port that writes down what is asked of the tables behind it. `port` of the tables is asked for at each request; the
 * account's key signs the path alone, so that the same key opens both.
 */
export async function startTableRecorder(port: () => number) {
  const requests: TableRequest[] = [];
  const server = createServer((near, answer) => {
    const { pathname, searchParams } = new URL(near.url ?? '/', 'http://localhost');
    requests.push({
      method: near.method ?? '',
      path: pathname,
      filter: searchParams.get('$filter') ?? undefined,
    });
    const { method = 'GET', headers } = near;
    const far = ask({ host: '127.0.0.1', port: port(), method, path: near.url, headers }, (found) => {
      answer.writeHead(found.statusCode ?? 502, found.headers);
      found.pipe(answer);
    });
    far.on('error', () => answer.destroy());
    near.pipe(far);
  });
  // Node.js closes a connection after five seconds, the pause before a single answer is measured: opening it is no part of one.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    /** What was asked since the last call; tables that are made at their first use are left out. */
    take: () => requests.splice(0).filter(({ path }) => !path.endsWith('/Tables')),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Whether this request reads a table from end to end: a query of no partition. */
export function isScan({ method, path, filter }: TableRequest): boolean {
  const isQuery = method === 'GET' && path.endsWith('()');
  return isQuery && !/PartitionKey (?:eq|gt) '/.test(filter ?? '');
}
