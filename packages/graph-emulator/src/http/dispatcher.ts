import type { Engine } from '../engine/engine';
import { GraphFault, accessDenied, malformedRequest } from '../engine/graph-fault';
import { parseQueryOptions } from '../odata/query-options';
import type { Clients } from './clients';
import { errorBody } from './error-answer';
import { injectFault } from './faults';
import type { GraphRequest, GraphResponse, Route, RouteParams } from './graph-request';
import { Holds } from './holds';
import { Quotas, resourceUnits } from './quotas';
import { Router, splitPath } from './router';
import { WriteGuard } from './write-guard';
import type { WriteRecord } from './write-record';
import { WriteRecorder } from './write-recorder';

/** A call to /v1.0 as a transport hands it over. */
export type Call = {
  readonly method: string;
  /** After /v1.0, with the query. */
  readonly target: string;
  readonly header: (name: string) => string | undefined;
  /**
   * Reads the JSON body; undefined when there is none.
   * @throws GraphFault
   */
  readonly readBody: () => unknown;
};

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** The connection is to break instead of answering. */
  readonly isReset: boolean;
  /** A write to a user, which the transport tells once the answer is on its way. */
  readonly record: { sent(): void } | undefined;
};

type Ready = {
  readonly route: Route;
  readonly params: RouteParams;
  readonly request: GraphRequest;
  readonly path: string;
  readonly isAllowed: boolean;
  /** Of the answer, as far as they are known. */
  readonly headers: Record<string, string>;
  readonly record: WriteRecord | undefined;
};

export type Counters = { requests: number; resourceUnits: number; writes: number; throttled: number };

const diagnostic = '{"ServerInfo":{"DataCenter":"Local","Slice":"E","Ring":"1","ScaleUnit":"000"}}';

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

  /**
   * Never throws a refusal. The answer comes at once unless something makes the request wait: most of what the
   * emulator does is synchronous, and a detour over promises would be a good part of its cost.
   */
  dispatch(call: Call): Answer | Promise<Answer> {
    this.counters.requests += 1;
    const number = this.engine.requestIds.next();
    const requestId = this.engine.requestIds.text(number);
    const headers: Record<string, string> = {
      'request-id': requestId,
      'client-request-id': call.header('client-request-id')?.slice(0, 100) ?? requestId,
      'x-ms-ags-diagnostic': diagnostic,
    };
    let ready: Ready;
    try {
      ready = this.prepare(call, headers, number);
    } catch (error) {
      return this.toRefusal(error, headers);
    }
    try {
      if (!ready.isAllowed) throw accessDenied();
      if (this.hasToWait(ready)) {
        return this.carryOutSlowly(ready).then(
          (response) => this.toAnswer(response, ready),
          (error: unknown) => this.refuse(error, ready),
        );
      }
      this.admit(ready);
      if (ready.route.isWrite) {
        this.guard.check(ready.record?.user?.id);
        this.counters.writes += 1;
      }
      return this.toAnswer(this.handle(ready) as GraphResponse, ready);
    } catch (error) {
      return this.refuse(error, ready);
    }
  }

  private prepare(call: Call, headers: Record<string, string>, number: number): Ready {
    const { method, target, header } = call;
    const caller = this.clients.authenticate(header('authorization'));
    const question = target.indexOf('?');
    const path = question < 0 ? target : target.slice(0, question);
    const segments = splitPath(path);
    const { route, params } = this.router.find(method, segments);
    const options = parseQueryOptions(question < 0 ? '' : target.slice(question + 1));
    const { appId, roles } = caller;
    const { linkBase } = this;
    const body = call.readBody();
    const request: GraphRequest = { method, segments, options, header, body, appId, roles, linkBase };
    const opening = [...route.roles, ...(route.alsoOpenedBy?.(this.engine) ?? [])];
    const isAllowed = opening.some((role) => roles.has(role));
    const record = this.recorder.begin(route, request, params, number);
    return { route, params, request, path, isAllowed, headers, record };
  }

  private hasToWait({ route }: Ready): boolean {
    const { latencyMs, writeMs } = this.engine.settings;
    return route.isSlow === true || latencyMs > 0 || writeMs > 0 || !this.holds.isEmpty;
  }

  private async carryOutSlowly(ready: Ready): Promise<GraphResponse> {
    const { route, request, path, record } = ready;
    const { clock, settings } = this.engine;
    if (settings.latencyMs > 0) await clock.sleep(settings.latencyMs);
    this.admit(ready);
    await this.holds.pass('before', request.method, path, clock.now());
    const endWrite = route.isWrite ? this.guard.begin(record?.user?.id) : undefined;
    let response: GraphResponse;
    try {
      if (route.isWrite) {
        this.counters.writes += 1;
        if (settings.writeMs > 0) await clock.sleep(settings.writeMs);
      }
      response = await this.handle(ready);
    } finally {
      endWrite?.();
    }
    await this.holds.pass('after', request.method, path, clock.now());
    return response;
  }

  /** Faults and quotas; adds the headers about the use. */
  private admit({ route, request, params, headers }: Ready): void {
    const units = resourceUnits(route, request.options);
    const share = this.quotas.charge(route, units, request.appId);
    headers['x-ms-resource-unit'] = units === 1 ? '1' : String(units);
    if (share > 0.8 && this.engine.settings.throttlePercentageHeader) {
      headers['x-ms-throttle-limit-percentage'] = Math.min(1.8, share).toFixed(2);
    }
    injectFault(this.engine);
    this.counters.resourceUnits += units;
    this.recorder.charge(route, params, units);
  }

  private handle({ route, request, params, record }: Ready): GraphResponse | Promise<GraphResponse> {
    if (record) return this.recorder.carryOut(record, request, params);
    return route.handle(this.engine, request, params);
  }

  private toAnswer(response: GraphResponse, { headers, record }: Ready): Answer {
    const { status, body } = response;
    if (response.headers) Object.assign(headers, response.headers);
    return { status, headers, body, isReset: record !== undefined && this.breaksConnection(), record };
  }

  private refuse(error: unknown, { headers, record, request }: Ready): Answer {
    if (record) this.recorder.refuse(record, request, error);
    return this.toRefusal(error, headers, record);
  }

  private breaksConnection(): boolean {
    const { resetAfterCommitRate } = this.engine.settings;
    return resetAfterCommitRate > 0 && this.engine.random() < resetAfterCommitRate;
  }

  private toRefusal(error: unknown, headers: Record<string, string>, record?: WriteRecord): Answer {
    const fault = error instanceof GraphFault ? error : undefined;
    // Anything else is a bug of the emulator: say so instead of passing for Graph.
    if (!fault) throw error;
    if (fault.status === 429) this.counters.throttled += 1;
    const requestId = headers['request-id'] ?? '';
    const clientRequestId = headers['client-request-id'] ?? requestId;
    const body = errorBody(fault, { requestId, clientRequestId, now: this.engine.clock.now() });
    return { status: fault.status, headers: { ...headers, ...fault.headers }, body, isReset: false, record };
  }
}

/**
 * Parses a JSON body.
 * @throws GraphFault 400
 */
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
