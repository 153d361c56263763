import type { Engine } from '../engine/engine';
import { GraphFault } from '../engine/graph-fault';
import { noJournal } from '../engine/history/journal';
import type { AssignedLicense, UserRecord } from '../engine/records';
import { WriteRecord } from './write-record';
import type { AskedFor, WriteOutcome, WriteSource } from './write-record';
import { isObject } from './bodies';
import type { GraphRequest, GraphResponse, Route, RouteParams } from './graph-request';

const nothing: AskedFor = { addLicenses: [], removeLicenses: [] };

/** Writes every attempted write to users into the write log, with what it did. */
export class WriteRecorder {
  /** Resource units of all requests about a user, by the key in their path, in lower case. */
  private readonly unitsOf = new Map<string, number>();
  /** By application. */
  private readonly sources = new Map<string, Map<Route, WriteSource>>();

  constructor(private readonly engine: Engine) {}

  /** Counts what a request about a user cost. */
  charge(route: Route, params: RouteParams, units: number): void {
    if (params.id === undefined || !route.pattern.startsWith('/users/{id}')) return;
    const key = params.id.toLowerCase();
    this.unitsOf.set(key, (this.unitsOf.get(key) ?? 0) + units);
  }

  /** undefined: the route writes to no user. */
  begin(
    route: Route,
    { appId }: GraphRequest,
    { id }: RouteParams,
    requestNumber: number,
  ): WriteRecord | undefined {
    if (route.kind === undefined) return undefined;
    const user = this.findTarget(id);
    // The id that the user keeps anyway, rather than a piece of this request's address.
    const name = user && user.id === id ? undefined : id;
    return new WriteRecord(this.sourceOf(route, appId), user, requestNumber, name);
  }

  /** Runs the handler of a write and writes down what it did; what it throws is for `refuse`. */
  carryOut(record: WriteRecord, request: GraphRequest, params: RouteParams): GraphResponse {
    const { engine } = this;
    const { route } = record.source;
    record.before = record.user ? record.user.version : null;
    const { lastSeq } = engine.changes;
    // No handler that writes to a user waits for anything: that is what makes it all or nothing.
    const response = route.handle(engine, request, params) as GraphResponse;
    const outcome = outcomeOf(response.status, engine.changes.lastSeq > lastSeq);
    this.write(record, outcome, response.change ?? askedIn(route, request));
    return response;
  }

  refuse(record: WriteRecord, request: GraphRequest, error: unknown): void {
    if (record.seq > 0 || !(error instanceof GraphFault)) return;
    const outcome = { status: error.status, code: error.code, isEffective: false };
    this.write(record, outcome, askedIn(record.source.route, request));
  }

  private write(record: WriteRecord, outcome: WriteOutcome, asked: AskedFor): void {
    const { engine } = this;
    record.at = engine.clock.now();
    record.outcome = outcome;
    record.asked = asked;
    record.after = record.user ? record.user.version : null;
    record.units = this.unitsOf.get(record.user?.id ?? '') ?? 0;
    record.seq = engine.writeLog.add(record);
    if (engine.journal !== noJournal) engine.journal.write(record.view(record.seq));
  }

  private findTarget(idOrName: string | undefined): UserRecord | undefined {
    if (idOrName === undefined) return undefined;
    return this.engine.tenant.findUser(idOrName) ?? this.engine.tenant.users.get(idOrName.toLowerCase());
  }

  private sourceOf(route: Route, appId: string): WriteSource {
    const ofApp = this.sources.get(appId) ?? new Map<Route, WriteSource>();
    const known = ofApp.get(route);
    if (known) return known;
    const source: WriteSource = { engine: this.engine, route, appId };
    this.sources.set(appId, ofApp.set(route, source));
    return source;
  }
}

const successes = new Map<number, { readonly changed: WriteOutcome; readonly same: WriteOutcome }>();

function outcomeOf(status: number, isEffective: boolean): WriteOutcome {
  let both = successes.get(status);
  if (!both) {
    const base = { status, code: undefined };
    both = { changed: { ...base, isEffective: true }, same: { ...base, isEffective: false } };
    successes.set(status, both);
  }
  return isEffective ? both.changed : both.same;
}

/** What a request asked for, whether or not it was right. */
function askedIn(route: Route, { body }: GraphRequest): AskedFor {
  if (!isObject(body)) return nothing;
  if (route.kind !== 'assignLicense') {
    if (route.method !== 'PATCH' || !('usageLocation' in body)) return nothing;
    const { usageLocation } = body;
    return { ...nothing, usageLocation: typeof usageLocation === 'string' ? usageLocation : null };
  }
  const { addLicenses, removeLicenses } = body;
  return {
    addLicenses: readAdds(addLicenses),
    removeLicenses: Array.isArray(removeLicenses) ? removeLicenses.map(String) : [],
  };
}

function readAdds(value: unknown): AssignedLicense[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isObject).map(({ skuId, disabledPlans }) => ({
    skuId: String(skuId),
    disabledPlans: Array.isArray(disabledPlans) ? disabledPlans.map(String) : [],
  }));
}
