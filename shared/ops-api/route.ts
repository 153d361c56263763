import type { z } from 'zod';
import type { Logger } from '../kernel/logger';
import type { Operator } from '../ops/audit/operator';
import type { Services } from '../pipeline/services';
import type { QueueInspector } from '../queue/queue-inspector';
import type { QuotaView } from '../quota/read-quota';
import type { Approval, LongOperation } from '../store/ports/ops/operator-request';
import type { PlanStore } from '../store/ports/ops/plan-store';
import type { RecordStore } from '../store/ports/record-store';
import type { DoctorParts } from '../ops/doctor/run-doctor';
import type { CheckedTenants } from '../ops/doctor/tenant/look-at-tenant';
import type { LevelStores } from '../ops/levels/read-levels';
import type { OverviewReader } from '../ops/overview/remember-overview';
import type { SampleStores } from '../ops/samples/sample-id';
import type { StatusParts } from '../ops/status/read-facts';
import type { Caller, Role } from './identity/caller';

/** What the routes work with; built once per process. */
export type OpsServices = {
  readonly services: Services;
  readonly logger: Logger;
  readonly inspector: QueueInspector;
  readonly operations: RecordStore<LongOperation>;
  readonly approvals: RecordStore<Approval>;
  readonly samples: SampleStores;
  readonly doctor: Pick<DoctorParts, 'policyFile' | 'readClaims' | 'expectedQueues'> & {
    /** What the doctor last found of Graph, the policy and the queues' settings. */
    readonly checked: CheckedTenants;
  };
  readonly levels: LevelStores;
  readonly plans: PlanStore;
  /** The overview with charts over so many hours, at most 5 s old. */
  readonly overview: OverviewReader;
  readonly quota: () => Promise<QuotaView | null>;
  /** The tenant's default domain; null: Graph has not said it. Never throws. */
  readonly tenantDomain: () => Promise<string | null>;
  readonly status: Pick<StatusParts, 'quotaClosedUntil' | 'objective' | 'counted'>;
  /** Hands an operation to the function that does it. */
  readonly send: (operationId: string) => Promise<void>;
  readonly isLocal: boolean;
};

/** What one request brings along. */
export type OpsContext = OpsServices & {
  readonly caller: Caller;
  readonly operator: Operator;
  /** Of long work: how far it is. */
  readonly report: (done: number, total: number) => void;
  /** A command reads by itself, without the API: it may read whole tables. */
  readonly isCommand?: true;
  /** Of work that a second person approved: what they were shown. */
  readonly approved?: ApprovalSubject;
};

/** What a second person is shown before they approve. */
export type ApprovalSubject = Pick<Approval, 'text' | 'count' | 'digest' | 'items'>;

/**
 * One route, declared once: path, role, schemas, and the work. The server, the OpenAPI document, the client of the
 * command line, and operations all read this declaration. Members of `input` that stand in the path in braces are path
 * parameters; the others are the query of a GET and the JSON body of a POST.
 */
export type OpsRoute<Input, Answer> = {
  /** Unique; `operationId` of the document. */
  readonly id: string;
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly summary: string;
  /** `signedIn`: any token of the tenant for this app, whatever its roles. */
  readonly role: Role | 'signedIn';
  readonly input: z.ZodObject;
  readonly answer: z.ZodType;
  /** Takes seconds on a large tenant: two at once for each caller. */
  readonly isHeavy?: true;
  /** Its answer is given to all who ask the same in this process within so many milliseconds; a write there ends that. */
  readonly sharedMs?: number;
  /** Of a write: the action as the audit names it until the work says more. */
  readonly action?: string;
  /** Of a write: what it is done to. */
  subject?(input: Input): string;
  /** A stronger role than `role`, for some inputs. */
  roleFor?(input: Input): Role;
  /** True: a function does it, and the answer is 202 with an operation. */
  isLong?(input: Input): boolean;
  /** Refuses at once what long work would refuse later. */
  check?(context: OpsContext, input: Input): Promise<void>;
  /** Declared: another person approves it first, and the answer is 202 with an approval. */
  secondPerson?(context: OpsContext, input: Input): Promise<ApprovalSubject>;
  handle(context: OpsContext, input: Input): Promise<Answer>;
};

export type AnyRoute = OpsRoute<unknown, unknown>;

/** Ties the type of the input to its schema. */
export function defineRoute<Schema extends z.ZodObject, Answer>(
  route: { readonly input: Schema } & Omit<OpsRoute<z.output<Schema>, Answer>, 'input'>,
): OpsRoute<z.output<Schema>, Answer> {
  return route;
}

/** The names of the path's parameters, in order. */
export function pathParameters(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}
