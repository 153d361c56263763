import type { DirectoryUser, LicenseWrite, UserPage } from '../../../../shared/graph/directory';
import { ConcurrencyError } from '../../../../shared/kernel/errors';
import { toUserId } from '../../../../shared/kernel/ids';
import { seededRandom } from '../../../../shared/kernel/random';
import type { UserId } from '../../../../shared/kernel/ids';
import { applyToUser } from '../../../../shared/pipeline/handlers/apply-user';
import { handleUsableRow } from '../../../../shared/pipeline/crashes/unusable-row';
import { decideUser } from '../../../../shared/pipeline/handlers/decide-user';
import type { Services } from '../../../../shared/pipeline/services';
import { readCensus, walkCensus } from '../../../../shared/pipeline/census/walk-census';
import type { Hint, OperationMessage } from '../../../../shared/queue/messages';
import { makePipelineWorld } from '../../../support/pipeline-world';
import { userId } from '../../../support/user-states';
import { quietTask } from '../../../support/quiet-task';
import type { Cursor } from '../../../../shared/store/ports/cursor-store';
import type { UserRecord } from '../../../../shared/store/ports/user-store';

export type Person = {
  readonly department: string;
  readonly isGuest: boolean;
  licenses: LicenseWrite['add'];
  /** userPrincipalName; absent: Graph knows none. */
  name?: string;
};

export const policy = `version: 1
scope: { when: 'user.userType -eq "Member"' }
rules:
  - name: sales
    when: 'user.department -eq "Sales"'
    assign:
      - { sku: EMS, disable: [INTUNE_A] }
`;

/** A generated tenant behind the real walker and handlers; only hints, rows and cursors are kept in memory. */
export function makeTenantWorld(count: number, pageSize: number, seed = 1) {
  const base = makePipelineWorld();
  base.world.policyText = policy;
  base.world.seats.enabled = 1_000_000;
  const random = seededRandom(seed);
  const people = new Map<UserId, Person>();
  for (let index = 1; index <= count; index++) {
    people.set(userId(index), {
      department: random() < 0.5 ? 'Sales' : 'Legal',
      isGuest: random() < 0.1,
      licenses: [],
    });
  }
  /** Whose rows in the list of users cannot be read. */
  const odd = new Set<UserId>();
  const rows = new Map<string, UserRecord>();
  const cursors = new Map<string, Cursor>([['users-delta', { etag: 'd', value: '{}', updatedAt: 0 }]]);
  const hints: Hint[] = [];
  const operations: OperationMessage[] = [];
  const writes: UserId[] = [];
  const calls = { pages: 0, fail: async (_page: number): Promise<void> => undefined };
  const world = { deaf: false, seats: base.world.seats };
  let etags = 0;

  const toUser = (id: UserId): DirectoryUser => {
    const person = people.get(id);
    return {
      id,
      properties: {
        userType: person?.isGuest ? 'Guest' : 'Member',
        department: person?.department ?? null,
        usageLocation: 'NL',
        userPrincipalName: person?.name ?? null,
        displayName: null,
      },
      usageLocation: 'NL',
      assignments: (person?.licenses ?? []).map((license) => ({
        ...license,
        assignedByGroup: null,
        state: 'Active',
        error: null,
      })),
    };
  };
  const pageFrom = (from: number): UserPage => {
    const ids = [...people.keys()].slice(from, from + pageSize);
    const users = ids.filter((id) => !odd.has(id)).map(toUser);
    const page = { users, odd: ids.filter((id) => odd.has(id)) };
    return from + pageSize < people.size ? { ...page, nextLink: String(from + pageSize) } : page;
  };
  const directory = {
    userPage: async (_read: unknown, link?: string) => {
      await calls.fail(++calls.pages);
      return pageFrom(Number(link ?? 0));
    },
    listUsers: async function* (this: void) {
      yield [...people.keys()].map(toUser);
    },
    readUser: async (id: UserId) =>
      people.has(id) ? { user: toUser(id), transitiveGroups: undefined } : undefined,
    readGroups: async (id: UserId) =>
      people.has(id) ? { direct: undefined, transitive: undefined } : undefined,
    assignLicense: async (id: UserId, write: LicenseWrite) => {
      writes.push(id);
      const person = people.get(id);
      if (person) person.licenses = write.add;
      return undefined;
    },
  };
  const empty = (id: UserId): UserRecord => ({
    userId: id,
    etag: null,
    state: null,
    ledger: [],
    exception: null,
  });
  const pipeline: Services = {
    ...base.pipeline,
    directory: { ...base.pipeline.directory, ...directory },
    users: {
      read: async (id: UserId) => rows.get(id) ?? empty(id),
      commit: async (record: UserRecord, change: Partial<UserRecord>) => {
        if ((rows.get(record.userId)?.etag ?? null) !== record.etag) throw new ConcurrencyError('row');
        const next = {
          ...record,
          etag: String(++etags),
          state: change.state ?? null,
          ledger: change.ledger ?? record.ledger,
        };
        rows.set(record.userId, next);
        return next;
      },
      list: async function* () {
        for (const { userId: id, state } of rows.values()) if (state !== null) yield { userId: id, state };
      },
    } as unknown as Services['users'],
    cursors: {
      read: async (name) => cursors.get(name) ?? { etag: null, value: null, updatedAt: null },
      readAll: async () => ({
        read: async (name) => cursors.get(name) ?? { etag: null, value: null, updatedAt: null },
      }),
      commit: async (name, cursor, value) => {
        if ((cursors.get(name)?.etag ?? null) !== cursor.etag) throw new ConcurrencyError('cursor');
        const next = { etag: String(++etags), value, updatedAt: 0 };
        cursors.set(name, next);
        return next;
      },
    },
    leases: { take: async () => true, release: async () => undefined },
    queues: {
      ...base.pipeline.queues,
      sendHints: async (sent, options) => {
        if (options?.scheduledAt === undefined) hints.push(...sent);
      },
      sendOperation: async (_queue, message) => {
        operations.push(message);
      },
    },
    clock: {
      now: () => base.now(),
      // While the walker waits, the queues are worked off.
      sleep: async (ms) => {
        base.advance(ms);
        if (!world.deaf) await drain();
      },
    },
    settings: { ...base.pipeline.settings, firstCensus: true },
  };
  const drain = async () => {
    for (let hint = hints.shift(); hint !== undefined; hint = hints.shift()) {
      const id = toUserId(hint.user.id);
      const delivery = { queue: 'directory-changes', messageId: `m${id}`, deliveryCount: 1 } as const;
      await handleUsableRow(
        pipeline,
        quietTask,
        () => id,
        () => decideUser(pipeline, quietTask, { v: 1, hint, trace: {} }, delivery),
      );
    }
    for (let message = operations.shift(); message !== undefined; message = operations.shift()) {
      await applyToUser(pipeline, quietTask, message, {
        queue: 'license-changes-bulk',
        messageId: 'o',
        deliveryCount: 1,
        sessionId: 'lane-00',
      });
    }
  };
  const walkToTheEnd = async () => {
    for (let runs = 0; runs < 50; runs++) {
      await walkCensus(pipeline, quietTask);
      const { state } = await readCensus(pipeline);
      if (state?.phase === 'done') return state;
    }
    throw new Error('The census does not end');
  };
  return {
    pipeline,
    people,
    odd,
    rows,
    hints,
    writes,
    calls,
    cursors,
    world,
    waiting: base.waiting,
    failures: base.failures,
    advance: base.advance,
    walkToTheEnd,
  };
}

export const entitled = (people: ReadonlyMap<UserId, Person>) =>
  [...people].filter(([, one]) => one.department === 'Sales' && !one.isGuest).map(([id]) => id);
