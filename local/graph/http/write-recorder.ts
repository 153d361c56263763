import type { AssignedLicense, UserRecord } from '../engine/records';
import type { Engine } from '../engine/engine';
import { GraphFault } from '../engine/graph-fault';
import { noJournal } from '../engine/journal';
import { versionOf, viewWrite } from '../engine/write-log';
import type { KeptWrite } from '../engine/write-log';
import { isObject } from './bodies';
import type { GraphRequest, Route, RouteParams } from './graph-request';

export type WriteRecord = {
  /** What tells writes to one user apart from others; undefined: the write makes a new one. */
  readonly userKey: string | undefined;
  readonly beforeCommit: () => void;
  readonly commit: (status: number) => void;
  readonly refuse: (error: unknown) => void;
  readonly sent: () => void;
};

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
    requestId: string,
  ): WriteRecord | undefined {
    if (route.kind === undefined) return undefined;
    const { engine } = this;
    const target = this.findTarget(params.id);
    let lastSeq = 0;
    let entry: KeptWrite | undefined;
    let wasAnswered = false;
    const described = describe(route, request, params);
    const write = (status: number, code: string | undefined, effective: boolean): void => {
      if (entry) return;
      // Spelled out: spreads are many times dearer, and every write comes by here.
      const note: Omit<KeptWrite, 'seq'> = {
        at: engine.clock.now(),
        method: request.method,
        path: described.path,
        kind: described.kind,
        userId: target?.id ?? params.id ?? null,
        appId: request.appId,
        requestId,
        status,
        effective,
        add: described.add,
        remove: described.remove,
        before,
        after: versionOf(target),
        answered: wasAnswered,
        units: this.unitsOf.get(params.id?.toLowerCase() ?? '') ?? 0,
      };
      const { usageLocation } = described;
      entry = engine.writeLog.add(
        code === undefined && usageLocation === undefined
          ? note
          : {
              ...note,
              ...(code === undefined ? {} : { code }),
              ...(usageLocation === undefined ? {} : { usageLocation }),
            },
      );
      if (engine.journal !== noJournal) engine.journal.write(viewWrite(entry));
    };
    let before = versionOf(target);
    return {
      userKey: target?.id,
      beforeCommit: () => {
        before = versionOf(target);
        lastSeq = engine.changes.lastSeq;
      },
      commit: (status) => write(status, undefined, engine.changes.lastSeq > lastSeq),
      refuse: (error) => {
        if (error instanceof GraphFault) write(error.status, error.code, false);
      },
      sent: () => {
        wasAnswered = true;
        if (!entry) return;
        entry.answered = true;
        engine.journal.answered(entry.seq);
      },
    };
  }

  private findTarget(idOrName: string | undefined): UserRecord | undefined {
    if (idOrName === undefined) return undefined;
    return this.engine.tenant.findUser(idOrName) ?? this.engine.tenant.users.get(idOrName.toLowerCase());
  }
}

type Described = Pick<KeptWrite, 'path' | 'kind' | 'add' | 'remove'> & {
  /** Undefined: the write is not about it. */
  readonly usageLocation: string | null | undefined;
};

function describe(route: Route, request: GraphRequest, params: RouteParams): Described {
  const body = isObject(request.body) ? request.body : {};
  const isLocation = route.method === 'PATCH' && 'usageLocation' in body;
  const location = body.usageLocation;
  return {
    path: route.pattern.replace('{id}', params.id ?? ''),
    kind: route.kind === 'assignLicense' ? 'assignLicense' : isLocation ? 'usageLocation' : 'other',
    add: readAdds(body.addLicenses),
    remove: Array.isArray(body.removeLicenses) ? body.removeLicenses.map(String) : [],
    usageLocation: isLocation ? (typeof location === 'string' ? location : null) : undefined,
  };
}

function readAdds(value: unknown): AssignedLicense[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isObject).map(({ skuId, disabledPlans }) => ({
    skuId: String(skuId),
    disabledPlans: Array.isArray(disabledPlans) ? disabledPlans.map(String) : [],
  }));
}
