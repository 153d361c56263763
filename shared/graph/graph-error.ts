import { AppError } from '../kernel/errors';

/**
 * What Graph's refusal means for the caller, translated in one place (license-refusal.ts and graph-error.ts) from
 * status, code and text. Sources:
 * https://learn.microsoft.com/graph/errors,
 * https://learn.microsoft.com/entra/identity/users/licensing-groups-resolve-problems.
 */
export const graphErrorClasses = [
  /** 429, 5xx, Directory_ConcurrencyViolation: the same call may succeed after `retryAfterMs`. Not applied. */
  'throttled',
  'concurrency',
  'unavailable',
  /** Sent, and no answer came (time-out, reset): it may have been applied. Settle by reading back. */
  'ambiguous',
  /** 404 Request_ResourceNotFound: not there (yet, or any more). */
  'gone',
  /** No seats. */
  'seats',
  /** Usage location missing, invalid or not replicated yet. */
  'usageLocation',
  /** A service of the SKU is barred in the user's country. */
  'prohibitedLocation',
  /** `plans`: the plans that exclude each other, as far as the text names them. */
  'conflict',
  /** `plans[0]` depends on the others. */
  'dependency',
  'uniqueness',
  /** The license is inherited from a group. */
  'inherited',
  /** Removal of what is not held: as good as done. */
  'notHeld',
  /** SKU unknown to the tenant, not assignable, or a plan outside its SKU: the policy or our data is wrong. */
  'configuration',
  /** 401 or 403. */
  'permission',
  /** A delta token that Graph no longer knows (410, syncStateNotFound, resyncRequired). */
  'syncStateLost',
  /** A request Graph could not read: a bug of ours. */
  'badRequest',
  /** A refusal whose text is not known; kept verbatim. */
  'unknown',
] as const;
export type GraphErrorClass = (typeof graphErrorClasses)[number];

export class GraphError extends AppError<`graph/${GraphErrorClass}`> {
  readonly class: GraphErrorClass;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** Graph's own code, such as Request_BadRequest. */
  readonly graphCode: string;
  /** Graph's Retry-After, milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** Service plan or SKU ids that the text names, in its order. */
  readonly ids: readonly string[];
  /** Of class `conflict`: the pairs of plan ids that cannot be held together. */
  readonly pairs: readonly (readonly [string, string])[];
  readonly requestId: string | undefined;

  constructor(
    errorClass: GraphErrorClass,
    message: string,
    facts: {
      status: number;
      graphCode?: string;
      retryAfterMs?: number | undefined;
      ids?: readonly string[];
      pairs?: readonly (readonly [string, string])[];
      requestId?: string | undefined;
      cause?: unknown;
    },
  ) {
    super(`graph/${errorClass}`, message, { cause: facts.cause });
    this.class = errorClass;
    this.status = facts.status;
    this.graphCode = facts.graphCode ?? '';
    this.retryAfterMs = facts.retryAfterMs;
    this.ids = facts.ids ?? [];
    this.pairs = facts.pairs ?? [];
    this.requestId = facts.requestId;
  }
}
