import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UserError, ensureError } from '../../../emulator-kit/src/errors';
import type { Logger } from '../../../emulator-kit/src/logger';
import type { RegisteredFunction } from '../app/function-registry';
import type { HttpTrigger } from '../app/trigger';
import type { Invoker } from '../invoker';
import { isAllowed, keyOf } from './access-keys';
import type { AccessKeys } from './access-keys';
import { BodyTooLargeError, readBody, readFunctionBody, toHttpData, writeAnswer } from './http-data';
import { compileRoute } from './route';

export type HttpFunction = { readonly function: RegisteredFunction; readonly trigger: HttpTrigger };

/** `POST /admin/functions/NAME`: starts the function by hand with the body's `input`; undefined: no such function. */
export type RunByHand = (name: string, input: string) => Promise<void> | undefined;

/** `POST /admin/host/drain` and `GET /admin/host/drain/status`. */
export type Draining = {
  start(): void;
  status(): DrainStatus;
};

/** Source: Azure/azure-functions-host, src/WebJobs.Script.WebHost/Controllers/HostController.cs (DrainStatus). */
export type DrainStatus = {
  readonly state: 'Disabled' | 'InProgress' | 'Completed';
  readonly outstandingInvocations: number;
  readonly outstandingRetries: number;
};

export type HttpHostOptions = {
  /** 0: any free port. */
  readonly port: number;
  readonly routePrefix: string;
  readonly functions: readonly HttpFunction[];
  readonly keys: AccessKeys;
  readonly invoker: Invoker;
  readonly runByHand: RunByHand;
  readonly draining: Draining;
  /** Bytes. */
  readonly bodyLimit: number;
  readonly log: Logger;
};

type Endpoint = HttpFunction & { readonly route: ReturnType<typeof compileRoute> };

/** The HTTP side of the host on 127.0.0.1: functions under their routes, and the admin routes. */
export class HttpHost {
  readonly #options: HttpHostOptions;
  readonly #endpoints: readonly Endpoint[];
  readonly #server: Server;
  port = 0;

  constructor(options: HttpHostOptions) {
    this.#options = options;
    this.#endpoints = options.functions
      .map((entry) => ({ ...entry, route: compileRoute(`${options.routePrefix}/${entry.trigger.route}`) }))
      .sort((a, b) => (a.route.precedence < b.route.precedence ? -1 : 1));
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((thrown: unknown) => this.#fail(response, ensureError(thrown)));
    });
  }

  async start(): Promise<void> {
    const { port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (cause) =>
        reject(
          new UserError('functions-host/port-busy', `Port ${port} of 127.0.0.1 cannot be used`, {
            hint: 'Stop what listens there, or pass another --port (0 takes a free one).',
            cause,
          }),
        ),
      );
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    this.port = (this.#server.address() as AddressInfo).port;
  }

  /** Takes no new requests; open ones are cut when `force` is called. */
  stop(): { force: () => void } {
    this.#server.close();
    this.#server.closeIdleConnections();
    return { force: () => this.#server.closeAllConnections() };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = this.#urlOf(request);
    const segments = url.pathname.split('/').filter((segment) => segment !== '');
    if (segments.length === 0) {
      response.writeHead(200, { 'content-type': 'text/plain' }).end('The local functions host is running.\n');
    } else if (segments[0]?.toLowerCase() === 'admin') {
      await this.#answerAdmin(request, response, url, segments.slice(1));
    } else {
      await this.#answerFunction(request, response, url, segments);
    }
  }

  /** An unusable Host header must not keep a request from being answered. */
  #urlOf(request: IncomingMessage): URL {
    const path = request.url?.startsWith('/') ? request.url : '/';
    const own = `http://127.0.0.1:${this.port}`;
    const host = request.headers.host;
    const origin = host && URL.canParse(`http://${host}`) ? `http://${host}` : own;
    return URL.canParse(origin + path) ? new URL(origin + path) : new URL(own);
  }

  async #answerFunction(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    segments: readonly string[],
  ): Promise<void> {
    const method = request.method ?? 'GET';
    for (const { route, trigger, function: registered } of this.#endpoints) {
      const params = route.match(segments);
      // A known route with another method is 404 in Azure, not 405 (Azure/azure-functions-host#10098).
      if (!params || (trigger.methods.length > 0 && !trigger.methods.includes(method))) continue;
      if (!isAllowed(trigger.authLevel, keyOf(request.headers, url.searchParams), this.#options.keys)) {
        response.writeHead(401).end();
        return;
      }
      const body = await readFunctionBody(request, this.#options.bodyLimit);
      const value = await this.#options.invoker.invoke({
        function: registered,
        bindingName: trigger.bindingName,
        input: toHttpData(request, url, params, body),
        traceParent: request.headers['traceparent'] as string | undefined,
      });
      writeAnswer(response, value?.http);
      return;
    }
    response.writeHead(404).end();
  }

  async #answerAdmin(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    segments: readonly string[],
  ): Promise<void> {
    if (!isAllowed('admin', keyOf(request.headers, url.searchParams), this.#options.keys)) {
      response.writeHead(401).end();
      return;
    }
    const [area, name = ''] = segments;
    if (area === 'host' && this.#answerHost(response, `${request.method} ${segments.slice(1).join('/')}`))
      return;
    if (area !== 'functions' || name === '' || segments.length > 2 || request.method !== 'POST') {
      response.writeHead(404).end();
      return;
    }
    const input = toInput(await readBody(request, this.#options.bodyLimit));
    if (input === undefined) {
      response.writeHead(400, { 'content-type': 'text/plain' }).end('Send {"input": "text"} as JSON.\n');
      return;
    }
    const run = this.#options.runByHand(name, input);
    // The answer does not wait for the function, as in Azure; its failure is in the log.
    run?.catch(() => undefined);
    response.writeHead(run ? 202 : 404).end();
  }

  /** False: there is no such route. */
  #answerHost(response: ServerResponse, route: string): boolean {
    const { draining } = this.#options;
    const answer = (body: unknown) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (route === 'GET status') answer({ state: 'Running' });
    else if (route === 'GET drain/status') answer(draining.status());
    else if (route === 'POST drain') {
      draining.start();
      response.writeHead(202).end();
    } else return false;
    return true;
  }

  #fail(response: ServerResponse, error: Error): void {
    const status = error instanceof BodyTooLargeError ? 413 : 500;
    this.#options.log.debug('Request failed', { status, error: error.message });
    if (response.headersSent) response.destroy();
    else response.writeHead(status, status === 413 ? { connection: 'close' } : {}).end();
  }
}

function toInput(body: Buffer): string | undefined {
  if (body.length === 0) return '';
  try {
    const parsed = JSON.parse(body.toString('utf8')) as { input?: unknown } | null;
    const input = parsed?.input ?? '';
    return typeof input === 'string' ? input : JSON.stringify(input);
  } catch {
    return undefined;
  }
}
