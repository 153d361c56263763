import { commandErrors } from './error-codes/commands';
import { graphErrors } from './error-codes/graph';
import { opsErrors } from './error-codes/ops';
import { policyErrors } from './error-codes/policy';
import { storeErrors } from './error-codes/store';

/**
 * Every code that an error of the product carries, with a sentence on what it means. A code that does not stand here
 * does not compile; docs/errors.md shows the list, and a test finds codes that are no longer used.
 */
export const errorCodes = { ...storeErrors, ...graphErrors, ...policyErrors, ...opsErrors, ...commandErrors };

/** `area/what`. */
export type ErrorCode = keyof typeof errorCodes;
