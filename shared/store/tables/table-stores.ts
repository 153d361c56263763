import { AzureNamedKeyCredential, TableClient } from '@azure/data-tables';
import type { TokenCredential } from '@azure/identity';
import type { Clock } from '../../kernel/clock';
import { UserError } from '../../kernel/errors';
import type { Logger } from '../../kernel/logger';
import type { Random } from '../../kernel/random';
import type { LearntConflictStore } from '../ports/learnt-conflict-store';
import type { GuardStore } from '../ports/guard-store';
import type { AuditStore } from '../ports/audit-store';
import type { ControlStore } from '../ports/control-store';
import type { HandlingStore } from '../ports/handling-store';
import { Approval, LongOperation, RememberedAnswer } from '../ports/ops/operator-request';
import { CheckedTenant } from '../ports/ops/checked-tenant';
import { Levels } from '../ports/ops/levels';
import { Sample } from '../ports/ops/sample';
import type { AttentionStore } from '../ports/ops/attention-store';
import type { CounterStore } from '../ports/ops/counter-store';
import type { PlanStore } from '../ports/ops/plan-store';
import type { RecordStore } from '../ports/record-store';
import { TableRecordStore } from './table-record-store';
import type { PolicyStore } from '../ports/policy-store';
import type { RolloutStore } from '../ports/rollout-store';
import { AzureTable } from './table-access';
import { makeTableReads } from './table-reads';
import { makeTableWrites } from './wire/table-writes';
import type { TableAccess } from './table-access';
import { TableAttentionStore } from './ops/table-attention-store';
import { TableAuditStore } from './table-audit-store';
import { TableControlStore } from './table-control-store';
import { TableCounterStore } from './ops/table-counter-store';
import { TableCursorStore } from './table-cursor-store';
import { TableFailureStore } from './table-failure-store';
import { TableLearntConflictStore } from './table-learnt-conflict-store';
import { TableGuardStore } from './table-guard-store';
import { TableLeaseStore } from './table-lease-store';
import { TablePlanStore } from './ops/table-plan-store';
import { TablePolicyStore } from './table-policy-store';
import { TableRolloutStore } from './table-rollout-store';
import { TableHandlingStore } from './table-handling-store';
import { TableTimesStore } from './table-times-store';
import { ExceptionIndex } from './ops/exception-index';
import { TableUserStore } from './table-user-store';
import type { TimesStore } from '../ports/times-store';
import { TableWaitingStore } from './table-waiting-store';
import { TablePersonalRows } from './rows/table-personal-rows';
import { TableStoredRows } from './rows/table-stored-rows';
import { makeUnreadableRows } from './rows/unreadable-rows';
import type { PersonalRows } from '../ports/personal-rows';
import type { StoredRows, UnreadableRowSink } from '../ports/stored-rows';
import type { WaitingStore } from '../ports/waiting-store';
import { timing } from '../../kernel/timing';
import type { CursorStore } from '../ports/cursor-store';
import type { FailureStore } from '../ports/failure-store';
import type { UserStore } from '../ports/user-store';
import type { LeaseStore } from '../ports/lease-store';

export type TableStoresOptions = {
  /** https://ACCOUNT.table.core.windows.net, or http://127.0.0.1:PORT/ACCOUNT of a table emulator. */
  readonly endpoint: string;
  readonly credential: TokenCredential | AzureNamedKeyCredential;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** How long an outage of the tables is waited out inside a call, milliseconds. Default 60 s. */
  readonly budgetMs?: number;
};

export type TableStores = {
  readonly users: UserStore;
  readonly cursors: CursorStore;
  readonly failures: FailureStore;
  readonly leases: LeaseStore;
  readonly waiting: WaitingStore;
  readonly learntConflicts: LearntConflictStore;
  readonly policies: PolicyStore;
  readonly rollouts: RolloutStore;
  readonly guards: GuardStore;
  readonly audit: AuditStore;
  readonly control: ControlStore;
  readonly times: TimesStore;
  readonly handling: HandlingStore;
  readonly operations: RecordStore<LongOperation>;
  readonly approvals: RecordStore<Approval>;
  readonly answers: RecordStore<RememberedAnswer>;
  readonly attention: AttentionStore;
  readonly counters: CounterStore;
  readonly levels: RecordStore<Levels>;
  readonly checkedTenant: RecordStore<CheckedTenant>;
  readonly plans: PlanStore;
  readonly rows: StoredRows;
  readonly personal: PersonalRows;
  readonly samples: { readonly minutes: RecordStore<Sample>; readonly hours: RecordStore<Sample> };
};

/**
 * All stores over one storage account.
 * @throws UserError `store/endpoint` for an endpoint that is no URL, or plain http beyond loopback
 */
export function makeTableStores(options: TableStoresOptions): TableStores {
  return makeStoresOver(makeTableAccess(options), options);
}

/** All stores over tables by name. */
export function makeStoresOver(
  access: (table: string) => TableAccess,
  { clock, random, logger }: Pick<TableStoresOptions, 'clock' | 'random' | 'logger'>,
): TableStores {
  const unreadable = makeUnreadableRows(() => failures, { clock, logger });
  const derived: UnreadableRowSink = {
    note: (row) => logger.warn('A row that is made anew cannot be read and is skipped', { row }),
  };
  const failures: FailureStore = new TableFailureStore(
    access('failures'),
    access('failuresByState'),
    unreadable,
    derived,
  );
  return {
    users: new TableUserStore(access('users'), new ExceptionIndex(access('exceptions'), derived), unreadable),
    cursors: new TableCursorStore(access('cursors'), clock, unreadable),
    failures,
    leases: new TableLeaseStore(access('leases'), clock, unreadable),
    waiting: new TableWaitingStore(access('waiting'), unreadable),
    learntConflicts: new TableLearntConflictStore(access('knowledge'), unreadable),
    policies: new TablePolicyStore(access('policies'), unreadable),
    guards: new TableGuardStore(access('guards'), clock, unreadable),
    rollouts: new TableRolloutStore(access('rollouts'), access('rolloutMembers'), unreadable),
    audit: new TableAuditStore(access('audit'), random, unreadable),
    control: new TableControlStore(access('control'), unreadable),
    times: new TableTimesStore(access('times'), unreadable),
    handling: new TableHandlingStore(access('handling'), unreadable),
    operations: new TableRecordStore(access('operations'), 'operation', LongOperation, unreadable),
    approvals: new TableRecordStore(access('approvals'), 'approval', Approval, unreadable),
    answers: new TableRecordStore(access('answers'), 'answer', RememberedAnswer, unreadable),
    attention: new TableAttentionStore(access('attention'), derived),
    counters: new TableCounterStore(access('counters'), derived),
    plans: new TablePlanStore(access('plans')),
    levels: new TableRecordStore(access('levels'), 'levels', Levels, derived, 1),
    checkedTenant: new TableRecordStore(access('levels'), 'doctor', CheckedTenant, derived, 1),
    samples: {
      minutes: new TableRecordStore(access('samples'), 'minute', Sample, unreadable),
      hours: new TableRecordStore(access('samples'), 'hour', Sample, unreadable),
    },
    rows: new TableStoredRows(access),
    personal: new TablePersonalRows(access),
  };
}

/**
 * A table by name; for stores that are built beside these.
 * @throws UserError `store/endpoint` as `makeTableStores`
 */
export function makeTableAccess(options: TableStoresOptions): (table: string) => TableAccess {
  const { endpoint, credential, clock, random, logger, budgetMs = timing.settings.outage.ms } = options;
  const allowInsecureConnection = isPlainLoopback(endpoint);
  // Retrying is ours (TableAccess): the client's own would hide how long an outage lasts.
  const clientOptions = { allowInsecureConnection, retryOptions: { maxRetries: 0 } };
  const clientOf = (table: string) =>
    credential instanceof AzureNamedKeyCredential
      ? new TableClient(endpoint, table, credential, clientOptions)
      : new TableClient(endpoint, table, credential, clientOptions);
  return (table) => {
    const client = clientOf(table);
    const tools = { clock, random, logger, budgetMs };
    return new AzureTable(client, tools, makeTableReads(client), makeTableWrites(client));
  };
}

function isPlainLoopback(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) {
    throw new UserError('store/endpoint', `"${endpoint}" is not the address of a table service`, {
      hint: 'It looks like https://ACCOUNT.table.core.windows.net.',
    });
  }
  const { protocol, hostname } = new URL(endpoint);
  if (protocol === 'https:') return false;
  if (['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) return true;
  throw new UserError('store/endpoint', `The table service at ${endpoint} is not reached over https`, {
    hint: 'Plain http is only for a table emulator on this machine.',
  });
}
