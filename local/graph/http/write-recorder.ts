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
  constructor(private readonly engine: Engine) {}

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
    const describe = this.describe(route, request, params, requestId);
    const write = (status: number, code: string | undefined, effective: boolean): void => {
      if (entry) return;
      entry = engine.writeLog.add({
        at: engine.clock.now(),
        ...describe,
        userId: target?.id ?? params.id ?? null,
        status,
        ...(code === undefined ? {} : { code }),
        effective,
        before,
        after: versionOf(target),
        answered: wasAnswered,
      });
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

  private describe(route: Route, request: GraphRequest, params: RouteParams, requestId: string) {
    const body = isObject(request.body) ? request.body : {};
    const isLocation = route.method === 'PATCH' && 'usageLocation' in body;
    const location = body.usageLocation;
    const kind = route.kind === 'assignLicense' ? 'assignLicense' : isLocation ? 'usageLocation' : 'other';
    return {
      method: request.method,
      path: route.pattern.replace('{id}', params.id ?? ''),
      kind,
      appId: request.appId,
      requestId,
      add: readAdds(body.addLicenses),
      remove: Array.isArray(body.removeLicenses) ? body.removeLicenses.map(String) : [],
      ...(isLocation ? { usageLocation: typeof location === 'string' ? location : null } : {}),
    } as const;
  }
}

function readAdds(value: unknown): AssignedLicense[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isObject).map(({ skuId, disabledPlans }) => ({
    skuId: String(skuId),
    disabledPlans: Array.isArray(disabledPlans) ? disabledPlans.map(String) : [],
  }));
}
