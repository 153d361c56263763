import type { ErrorCode } from '../kernel/error-codes';
import { handlingReasons } from './reason-codes/handling';
import { licensingReasons } from './reason-codes/licensing';

/** Every code of a reason, with a sentence on what it means; docs/errors.md shows the list. */
export const reasonCodes = { ...licensingReasons, ...handlingReasons };

/**
 * `area/what`. Besides the list: the code of the error that is the reason, and `paused/SCOPE` or `refused/SCOPE` of a
 * user who is parked while a scope is paused, such as `paused/sku:GUID`.
 */
export type ReasonCode = keyof typeof reasonCodes | ErrorCode | PauseCode;
export type PauseCode = `paused/${string}` | `refused/${string}`;
