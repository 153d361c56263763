import type { Engine } from '../engine/engine';
import { GraphFault } from '../engine/graph-fault';
import { noJournal } from '../engine/journal';
import type { AssignedLicense, UserRecord } from '../engine/records';
import { WriteRecord } from './write-record';
import type { AskedFor } from './write-record';
import { isObject } from './bodies';
import type { GraphRequest, GraphResponse, Route, RouteParams } from './graph-request';

const nothing: AskedFor = { addLicenses: [], removeLicenses: [] };

/** Writes every attempted write to users into the write log, with what it did. */
export class WriteRecorder {
  /** Resource units of all requests about a user, by the key in their path, in lower case. */
  private readonly unitsOf = new Map<string, number>();

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
    request: GraphRequest,
    params: RouteParams,
    requestNumber: number,
  ): WriteRecord | undefined {
    if (route.kind === undefined) return undefined;
    const { id } = params;
    return new WriteRecord(this.engine, route, this.findTarget(id), id, request.appId, requestNumber);
  }

  /** The last moment before the handler may change anything. */
  beforeCommit(record: WriteRecord): void {
    record.before = record.target ? record.target.version : null;
    record.changesBefore = this.engine.changes.lastSeq;
  }

  commit(record: WriteRecord, request: GraphRequest, response: GraphResponse): void {
    const isEffective = this.engine.changes.lastSeq > record.changesBefore;
    this.write(record, response.status, undefined, isEffective, response.change ?? askedIn(record, request));
  }

  refuse(record: WriteRecord, request: GraphRequest, error: unknown): void {
    if (record.seq > 0 || !(error instanceof GraphFault)) return;
    this.write(record, error.status, error.code, false, askedIn(record, request));
  }

  private write(
    record: WriteRecord,
    status: number,
    code: string | undefined,
    isEffective: boolean,
    asked: AskedFor,
  ): void {
    const { engine } = this;
    record.at = engine.clock.now();
    record.status = status;
    record.code = code;
    record.isEffective = isEffective;
    record.asked = asked;
    record.after = record.target ? record.target.version : null;
    record.units = this.unitsOf.get(record.target?.id ?? '') ?? 0;
    record.seq = engine.writeLog.add(record);
    if (engine.journal !== noJournal) engine.journal.write(record.view(record.seq));
  }

  private findTarget(idOrName: string | undefined): UserRecord | undefined {
    if (idOrName === undefined) return undefined;
    return this.engine.tenant.findUser(idOrName) ?? this.engine.tenant.users.get(idOrName.toLowerCase());
  }
}

/** What a request asked for, whether or not it was right. */
function askedIn({ route }: WriteRecord, { body }: GraphRequest): AskedFor {
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
