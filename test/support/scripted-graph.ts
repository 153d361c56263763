import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type SeenRequest = {
  readonly method: string;
  /** Path and query, as they came. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
};
export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};
/** `reset`: the socket is closed without an answer; `hang`: it never comes. */
export type Script = (request: SeenRequest) => Answer | 'reset' | 'hang';

/** A server that answers as a test says, for faults that a well-behaved Graph never shows. */
export type ScriptedGraph = {
  readonly origin: string;
  readonly seen: SeenRequest[];
  script: Script;
  close(): Promise<void>;
};

export async function startScriptedGraph(): Promise<ScriptedGraph> {
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const graph: ScriptedGraph = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    script: () => ({ status: 500 }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const seen: SeenRequest = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
    graph.seen.push(seen);
    const answer = graph.script(seen);
    if (answer === 'hang') return;
    if (answer === 'reset') {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(answer.body === undefined ? '' : JSON.stringify(answer.body));
  };
  return graph;
}

type BatchRequest = { readonly requests: readonly { readonly id: string; readonly url: string }[] };

/** Answers a `$batch` part by part, in reverse: Graph promises no order. */
export function answerBatch(request: SeenRequest, part: (url: string) => Answer): Answer {
  const { requests } = request.body as BatchRequest;
  const responses = requests.map(({ id, url }) => ({ id, ...part(url) })).reverse();
  return { status: 200, body: { responses } };
}
