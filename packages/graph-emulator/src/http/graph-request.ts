import type { Engine } from '../engine/engine';
import type { LicenseChange } from '../engine/licensing/license-pool';
import type { QueryOptions } from '../odata/query-options';

/** A request to /v1.0, freed of its transport: it came by HTTP or inside a $batch. */
export type GraphRequest = {
  readonly method: string;
  /** Decoded path segments after /v1.0. */
  readonly segments: readonly string[];
  readonly options: QueryOptions;
  /** By lower-case name. */
  readonly header: (name: string) => string | undefined;
  /** Parsed JSON; undefined: there was none. */
  readonly body: unknown;
  readonly appId: string;
  /** The application permissions of the caller. */
  readonly roles: ReadonlySet<string>;
  /** Where links in answers begin: https://graph.microsoft.com/v1.0 */
  readonly linkBase: string;
};

export type GraphResponse = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object becomes JSON, a string plain text, undefined no content. */
  readonly body?: unknown;
  /** What assignLicense was asked for, once it has been carried out. */
  readonly change?: LicenseChange;
};

export type RouteParams = Readonly<Record<string, string>>;

export type Route = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** `/users/{id}/memberOf`; literal segments compare without regard to case. */
  readonly pattern: string;
  /** Base cost in resource units. https://learn.microsoft.com/graph/throttling-limits */
  readonly units: number;
  /** Whether the write quota is charged too. */
  readonly isWrite?: true;
  readonly service?: 'subscriptions' | 'reports';
  /** Application permissions, any of which will do. */
  readonly roles: readonly string[];
  /** Further ones, by what a setting says of an open question. */
  readonly alsoOpenedBy?: (engine: Engine) => readonly string[];
  readonly kind?: 'assignLicense' | 'user';
  /** The handler waits for something, as for the handshake of a subscription. */
  readonly isSlow?: true;
  readonly handle: (
    engine: Engine,
    request: GraphRequest,
    params: RouteParams,
  ) => GraphResponse | Promise<GraphResponse>;
};

/** `ConsistencyLevel: eventual` together with `$count=true`. https://learn.microsoft.com/graph/aad-advanced-queries */
export function isAdvanced(request: GraphRequest): boolean {
  return isEventual(request) && request.options.get('$count') === 'true';
}

/** Whether the request asks for ConsistencyLevel: eventual. */
export function isEventual(request: GraphRequest): boolean {
  return request.header('consistencylevel')?.toLowerCase() === 'eventual';
}
