import { AppError } from '../../kernel/errors';
import type { GraphErrorClass } from '../../words/reason-codes/graph-error-class';

/** An answer of Graph's that is not what was asked for, or none; its class says what the caller does about it. */
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
  /** Of class `configuration`: SKUs that Graph says cannot be assigned to users at all. */
  readonly unassignable: readonly string[];
  readonly requestId: string | undefined;
  /** The application permission whose lack explains the refusal, where that is known. */
  readonly permission: string | undefined;

  constructor(
    errorClass: GraphErrorClass,
    message: string,
    facts: {
      status: number;
      graphCode?: string;
      retryAfterMs?: number | undefined;
      ids?: readonly string[];
      pairs?: readonly (readonly [string, string])[];
      unassignable?: readonly string[];
      requestId?: string | undefined;
      permission?: string | undefined;
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
    this.unassignable = facts.unassignable ?? [];
    this.requestId = facts.requestId;
    this.permission = facts.permission;
  }
}
