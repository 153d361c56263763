import type { Engine } from '../engine/engine';
import { GraphFault, accessDenied, malformedRequest } from '../engine/graph-fault';
import { makeGuid } from '../../tenant/guid';
import { parseQueryOptions } from '../odata/query-options';
import type { Clients } from './clients';
import { errorBody } from './error-answer';
import { injectFault } from './faults';
import type { GraphRequest, GraphResponse, Route, RouteParams } from './graph-request';
import { Holds } from './holds';
import { Quotas, resourceUnits } from './quotas';
import { Router, splitPath } from './router';
import { WriteGuard } from './write-guard';
import { WriteRecorder } from './write-recorder';

/** A call to /v1.0 as a transport hands it over. */
export type Call = {
  readonly method: string;
  /** After /v1.0, with the query. */
  readonly target: string;
  readonly header: (name: string) => string | undefined;
  /** Reads the JSON body; undefined when there is none. Throws GraphFault. */
  readonly readBody: () => unknown;
};

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** The connection is to break instead of answering. */
  readonly isReset: boolean;
  /** The transport calls it once the answer is on its way. */
  readonly onSent: (() => void) | undefined;
};

type Ready = {
  readonly route: Route;
  readonly params: RouteParams;
  readonly request: GraphRequest;
  readonly path: string;
  readonly isAllowed: boolean;
};

export type Counters = { requests: number; resourceUnits: number; writes: number; throttled: number };

/** Takes a call through authentication, faults, quotas, holds and the route, and words every refusal. */
export class Dispatcher {
  readonly holds = new Holds();
  readonly counters: Counters = { requests: 0, resourceUnits: 0, writes: 0, throttled: 0 };
  readonly quotas: Quotas;
  private readonly router: Router;
  private readonly guard: WriteGuard;
  private readonly recorder: WriteRecorder;

  constructor(
    private readonly engine: Engine,
    private readonly clients: Clients,
    routes: readonly Route[],
    private readonly linkBase: string,
  ) {
    this.router = new Router(routes);
    this.quotas = new Quotas(engine);
    this.guard = new WriteGuard(engine);
    this.recorder = new WriteRecorder(engine);
  }

  async dispatch(call: Call): Promise<Answer> {
    this.counters.requests += 1;
    const requestId = makeGuid(this.engine.random);
    const headers: Record<string, string> = {
      'request-id': requestId,
      'client-request-id': call.header('client-request-id')?.slice(0, 100) ?? requestId,
      'x-ms-ags-diagnostic': '{"ServerInfo":{"DataCenter":"Local","Slice":"E","Ring":"1","ScaleUnit":"000"}}',
    };
    let onSent: (() => void) | undefined;
    let isReset = false;
    let response: GraphResponse;
    try {
      const ready = this.prepare(call);
      const record = this.recorder.begin(ready.route, ready.request, ready.params, requestId);
      onSent = record?.sent;
      try {
        if (!ready.isAllowed) throw accessDenied();
        const { latencyMs } = this.engine.settings;
        if (latencyMs > 0) await this.engine.clock.sleep(latencyMs);
        Object.assign(headers, this.admit(ready));
        response = await this.carryOut(call, ready, record);
        isReset = record !== undefined && this.breaksConnection();
      } catch (error) {
        record?.refuse(error);
        throw error;
      }
    } catch (error) {
      response = this.toRefusal(error, headers, requestId);
    }
    if (response.headers) Object.assign(headers, response.headers);
    return { status: response.status, headers, body: response.body, isReset, onSent };
  }

  private prepare(call: Call): Ready {
    const caller = this.clients.authenticate(call.header('authorization'));
    const question = call.target.indexOf('?');
    const path = question < 0 ? call.target : call.target.slice(0, question);
    const segments = splitPath(path);
    const { route, params } = this.router.find(call.method, segments);
    const options = parseQueryOptions(question < 0 ? '' : call.target.slice(question + 1));
    const body = call.readBody();
    const request: GraphRequest = {
      method: call.method,
      segments,
      options,
      header: call.header,
      body,
      appId: caller.appId,
      linkBase: this.linkBase,
    };
    const isAllowed = route.roles.some((role) => caller.roles.has(role));
    return { route, params, request, path, isAllowed };
  }

  /** Faults and quotas; the headers about the use. */
  private admit({ route, request, params }: Ready): Record<string, string> {
    const units = resourceUnits(route, request.options);
    const headers = this.quotas.charge(route, units, request.appId);
    injectFault(this.engine);
    this.counters.resourceUnits += units;
    this.recorder.charge(route, params, units);
    return headers;
  }

  private async carryOut(
    call: Call,
    ready: Ready,
    record: ReturnType<WriteRecorder['begin']>,
  ): Promise<GraphResponse> {
    const { route, request, params, path } = ready;
    const { clock, settings } = this.engine;
    const before = this.holds.pass('before', call.method, path, clock.now());
    if (before) await before;
    const endWrite = route.isWrite ? this.guard.begin(record?.userKey) : undefined;
    let response: GraphResponse;
    try {
      if (route.isWrite) {
        this.counters.writes += 1;
        if (settings.writeMs > 0) await clock.sleep(settings.writeMs);
      }
      record?.beforeCommit();
      const handled = route.handle(this.engine, request, params);
      response = handled instanceof Promise ? await handled : handled;
      record?.commit(response.status);
    } finally {
      endWrite?.();
    }
    const after = this.holds.pass('after', call.method, path, clock.now());
    if (after) await after;
    return response;
  }

  private breaksConnection(): boolean {
    const { resetAfterCommitRate } = this.engine.settings;
    return resetAfterCommitRate > 0 && this.engine.random() < resetAfterCommitRate;
  }

  private toRefusal(error: unknown, headers: Record<string, string>, requestId: string): GraphResponse {
    const fault = error instanceof GraphFault ? error : undefined;
    // Anything else is a bug of the emulator: say so instead of passing for Graph.
    if (!fault) throw error;
    if (fault.status === 429) this.counters.throttled += 1;
    const ids = {
      requestId,
      clientRequestId: headers['client-request-id'] ?? requestId,
      now: this.engine.clock.now(),
    };
    return { status: fault.status, headers: fault.headers, body: errorBody(fault, ids) };
  }
}

/** Parses a JSON body. Throws GraphFault 400. */
export function parseJsonBody(text: string, contentType: string | undefined): unknown {
  if (text === '') return undefined;
  if (!contentType || !/^application\/json\b|\+json\b/i.test(contentType)) {
    throw malformedRequest(
      'Write requests (excluding DELETE) must contain the Content-Type header declaration.',
    );
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw malformedRequest(
      'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
    );
  }
}
