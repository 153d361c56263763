import { randomUUID } from 'node:crypto';
import { SignJWT, createLocalJWKSet, exportJWK, generateKeyPair } from 'jose';
import { ConcurrencyError } from '../../shared/kernel/errors';
import { silentLogger } from '../../shared/kernel/logger';
import { makeOpsApp } from '../../shared/ops-api/app';
import { makeTokenVerifier } from '../../shared/ops-api/identity/verify-token';
import { runLongOperation } from '../../shared/ops-api/requests/run-long-operation';
import type { OpsServices } from '../../shared/ops-api/route';
import { readLatest } from '../../shared/ops/levels/read-levels';
import { makeOverview } from '../../shared/ops/overview/remember-overview';
import { countedFacts } from '../../shared/ops/status/read-counted';
import { observe } from '../../shared/ops/status/observe';
import { routes } from '../../shared/ops-api/routes/all-routes';
import type { QueueInspector } from '../../shared/queue/queue-inspector';
import type {
  Approval,
  LongOperation,
  RememberedAnswer,
} from '../../shared/store/ports/ops/operator-request';
import type { CheckedTenant } from '../../shared/store/ports/ops/checked-tenant';
import type { Levels } from '../../shared/store/ports/ops/levels';
import type { Sample } from '../../shared/store/ports/ops/sample';
import type { TableStores } from '../../shared/store/tables/table-stores';
import type { RecordStore, Stored } from '../../shared/store/ports/record-store';
import { makeMemoryAttention, makeMemoryCounters, makeMemoryPlans } from './memory/memory-counts';
import { makePipelineWorld } from './pipeline-world';

export const tenantId = 'aaaaaaaa-0000-4000-8000-000000000001';
export const clientId = 'cccccccc-0000-4000-8000-000000000001';
const authority = 'https://login.example';
export const people = {
  viewer: { oid: '10000000-0000-4000-8000-000000000001', roles: ['Viewer'] },
  operator: { oid: '10000000-0000-4000-8000-000000000002', roles: ['Operator'] },
  operator2: { oid: '10000000-0000-4000-8000-000000000003', roles: ['Operator'] },
  approver: { oid: '10000000-0000-4000-8000-000000000004', roles: ['Approver'] },
  both: { oid: '10000000-0000-4000-8000-000000000005', roles: ['Operator', 'Approver'] },
  none: { oid: '10000000-0000-4000-8000-000000000006', roles: [] as string[] },
} as const;
export type Person = keyof typeof people;

/** Records in a map; TableRecordStore has its own tests. */
export function makeMemoryRecords<Value>(): RecordStore<Value> {
  const rows = new Map<string, Stored<Value>>();
  let version = 0;
  const put = (id: string, value: Value) => {
    const stored = { id, etag: String(++version), value: structuredClone(value) };
    rows.set(id, stored);
    return stored;
  };
  return {
    create: async (id, value) => {
      if (rows.has(id)) throw new ConcurrencyError(id);
      return put(id, value);
    },
    read: async (id) => rows.get(id),
    update: async (stored, value) => {
      if (rows.get(stored.id)?.etag !== stored.etag) throw new ConcurrencyError(stored.id);
      return put(stored.id, value);
    },
    list: async function* ({ after = '', before, limit = Infinity } = {}) {
      let left = limit;
      for (const id of [...rows.keys()].sort()) {
        const row = rows.get(id);
        if (before !== undefined && id >= before) return;
        if (id > after && row !== undefined && left-- > 0) yield row;
      }
    },
    remove: async (id) => void rows.delete(id),
  };
}

type OpsStores = Pick<
  TableStores,
  | 'operations'
  | 'approvals'
  | 'levels'
  | 'checkedTenant'
  | 'counters'
  | 'attention'
  | 'plans'
  | 'samples'
  | 'answers'
>;

export type Claims = Readonly<Record<string, unknown>>;

/** Made once: a pair takes a quarter of a second. */
let own: ReturnType<typeof generateKeyPair> | undefined;
let foreign: ReturnType<typeof generateKeyPair> | undefined;

/** The ops API over services in memory, with an issuer of its own; long work is done when it is asked for. */
export async function makeOpsWorld(
  overrides: Partial<OpsServices> = {},
  ownServices: Partial<OpsServices['services']> = {},
  stores: Partial<OpsStores> = {},
  world = makePipelineWorld(),
) {
  const { publicKey, privateKey } = await (own ??= generateKeyPair('RS256'));
  const stranger = await (foreign ??= generateKeyPair('RS256'));
  const kid = 'key-1';
  const keys = createLocalJWKSet({
    keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }],
  });
  const {
    operations = makeMemoryRecords<LongOperation>(),
    approvals = makeMemoryRecords<Approval>(),
    levels = makeMemoryRecords<Levels>(),
    checkedTenant = makeMemoryRecords<CheckedTenant>(),
    counters = makeMemoryCounters(),
    attention = makeMemoryAttention(),
    plans = makeMemoryPlans(),
    samples = { minutes: makeMemoryRecords<Sample>(), hours: makeMemoryRecords<Sample>() },
    answers = makeMemoryRecords<RememberedAnswer>(),
  } = stores;
  const quota = async () => ({ perSecond: 16, closedUntil: 0 });
  const sent: string[] = [];
  let letters: readonly { readonly sequenceNumber: string; readonly messageId: string }[] = [];
  const inspector = {
    counts: async () => ({ active: 0, scheduled: 0, deadLettered: letters.length }),
    oldestActiveAt: async () => null,
    deadLetters: async (queue: string) => (queue === 'directory-changes' ? letters : []),
    peek: async () => [],
    settings: async () => undefined,
    close: async () => undefined,
  } as unknown as QueueInspector;
  const cursors = new Map<string, { etag: string; value: string; updatedAt: number }>();
  const services = {
    ...world.pipeline,
    attention,
    deadLetters: {
      drain: async (_queue: string, most: number, handle: (letter: never) => Promise<void | 'leave'>) => {
        let taken = 0;
        const kept = [];
        for (const letter of letters) {
          if (taken < most && (await handle(letter as never)) !== 'leave') taken++;
          else kept.push(letter);
        }
        letters = kept;
        return taken;
      },
    },
    cursors: {
      read: async (name: string) => cursors.get(name) ?? { etag: null, value: null, updatedAt: null },
      readAll: async () => ({
        read: async (name: string) => cursors.get(name) ?? { etag: null, value: null, updatedAt: null },
      }),
      commit: async (name: string, _cursor: unknown, value: string) => {
        const cursor = { etag: 'x', value, updatedAt: world.now() };
        cursors.set(name, cursor);
        return cursor;
      },
    },
    ...ownServices,
  };
  const ops: OpsServices = {
    services,
    logger: silentLogger,
    inspector,
    operations,
    approvals,
    samples,
    doctor: {
      policyFile: { path: 'policy.yaml', read: async () => world.world.policyText ?? '' },
      readClaims: async () => null,
      expectedQueues: [],
      checked: checkedTenant,
    },
    levels: { levels, counters },
    plans,
    quota,
    tenantDomain: async () => 'contoso.com',
    overview: makeOverview({
      services,
      inspector: overrides.inspector ?? inspector,
      quota,
      levels,
      counters,
      samples,
      objective: 60_000,
    }),
    status: {
      quotaClosedUntil: async () => null,
      objective: 60_000,
      counted: async () =>
        countedFacts(services, (await readLatest({ levels, counters }, world.pipeline.clock)).levels),
    },
    send: async (id) => void sent.push(id),
    isLocal: true,
    ...overrides,
  };
  const verify = makeTokenVerifier({ authority, tenantId, clientId }, ops.services.clock, keys);
  const app = makeOpsApp({ ops, answers, verify });

  const token = (
    person: Person,
    claims: Claims = {},
    options: { key?: typeof privateKey; kid?: string } = {},
  ) => {
    const { oid, roles } = people[person];
    const seconds = Math.floor(world.now() / 1_000);
    return new SignJWT({
      ver: '2.0',
      tid: tenantId,
      oid,
      roles,
      scp: 'Ops.Use',
      preferred_username: `${person}@contoso.com`,
      iss: `${authority}/${tenantId}/v2.0`,
      aud: clientId,
      iat: seconds,
      nbf: seconds,
      exp: seconds + 3_600,
      ...claims,
    })
      .setProtectedHeader({ alg: 'RS256', kid: options.kid ?? kid })
      .sign(options.key ?? privateKey);
  };
  type Call = { readonly headers?: Readonly<Record<string, string>>; readonly bearer?: string | null };
  const call = async (person: Person, method: string, path: string, body?: unknown, extra: Call = {}) => {
    const bearer = extra.bearer === undefined ? await token(person) : extra.bearer;
    const answer = await app.fetch(
      new Request(`http://localhost/api/ops/v1${path}`, {
        method,
        headers: {
          ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
          ...extra.headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    );
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: (text === '' ? null : JSON.parse(text)) as never as Record<string, unknown>,
    };
  };
  return {
    ...world,
    ops,
    app,
    token,
    call,
    answers,
    operations,
    approvals,
    sent,
    strangerKey: stranger.privateKey,
    /** By sequence number; `messageId` for all of them, absent: the same as the number. */
    setLetters: (ids: readonly string[], messageId?: string) => {
      letters = ids.map((id) => ({
        sequenceNumber: id,
        messageId: messageId ?? id,
        queue: 'directory-changes',
        reason: 'MaxDeliveryCountExceeded',
        description: '',
        deliveryCount: 10,
        enqueuedAt: 0,
        body: 'no message of the product',
      }));
    },
    lettersLeft: () => letters.length,
    letterNumbers: () => letters.map(({ sequenceNumber }) => sequenceNumber),
    counters,
    attention,
    /** Runs the timer `observe`. */
    observe: () => observe({ ...ops, ...ops.levels, ...ops.status }, { logger: silentLogger }),
    /** Does what was asked for, as the function of the queue would. */
    work: async (...again: readonly string[]) => {
      for (const id of [...sent.splice(0), ...again]) await runLongOperation(ops, routes, id);
    },
  };
}
