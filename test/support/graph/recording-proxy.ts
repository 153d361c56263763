import { createServer, request as ask } from 'node:http';
import type { AddressInfo } from 'node:net';

export type RecordedRequest = {
  readonly method: string;
  /** After the version, with its query. */
  readonly path: string;
  readonly body: string;
};

/** Stands before a Graph on this machine, counts what is asked, and can refuse it. */
export type RecordingProxy = {
  readonly origin: string;
  /** The single requests and the parts of batches; a batch itself is not among them. */
  readonly asked: () => readonly RecordedRequest[];
  /** As they came. */
  readonly requests: RecordedRequest[];
  /** What is answered instead of asking Graph; undefined: Graph is asked. */
  refuse: (request: RecordedRequest) => Refusal | undefined;
  stop(): Promise<void>;
};

export type Refusal = { readonly status: number; readonly code: string; readonly message: string };

export const denied: Refusal = {
  status: 403,
  code: 'Authorization_RequestDenied',
  message: 'Insufficient privileges to complete the operation.',
};

/** A proxy on a free port. */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const requests: RecordedRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const recorded = {
        method: incoming.method ?? '',
        path: (incoming.url ?? '').replace(/^\/v1\.0/, ''),
        body: body.toString('utf8'),
      };
      requests.push(recorded);
      const refusal = proxy.refuse(recorded);
      if (refusal !== undefined) {
        const { status, code, message } = refusal;
        outgoing.writeHead(status, { 'content-type': 'application/json' });
        outgoing.end(JSON.stringify({ error: { code, message } }));
        return;
      }
      const headers = { ...incoming.headers, host: new URL(target).host };
      const onward = ask(`${target}${incoming.url ?? ''}`, { method: recorded.method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: RecordingProxy = {
    origin: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    requests,
    asked: () => requests.flatMap(partsOf),
    refuse: () => undefined,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}

function partsOf(recorded: RecordedRequest): readonly RecordedRequest[] {
  if (recorded.path !== '/$batch' || recorded.method !== 'POST') return [recorded];
  const { requests } = JSON.parse(recorded.body) as {
    requests: readonly { method: string; url: string; body?: unknown }[];
  };
  return requests.map(({ method, url, body }) => ({
    method,
    path: url,
    body: body === undefined ? '' : JSON.stringify(body),
  }));
}
