import type { LogFields, Logger } from '../kernel/logger';
import { plainFields } from './plain-fields';

/** What `@azure/functions` gives a handler to log with: the host adds function name and invocation id. */
export type InvocationLog = {
  debug(...args: unknown[]): void;
  info(...args: unknown[]): void;
  warn(...args: unknown[]): void;
  error(...args: unknown[]): void;
};

/** Logs through an invocation: the constant message, then its fields as JSON. */
export function makeInvocationLogger(log: InvocationLog, fixed: LogFields = {}): Logger {
  const line = (fields: LogFields) => JSON.stringify(plainFields({ ...fixed, ...fields }));
  return {
    debug: (message, fields = {}) => log.debug(message, line(fields)),
    info: (message, fields = {}) => log.info(message, line(fields)),
    warn: (message, fields = {}) => log.warn(message, line(fields)),
    error: (message, fields = {}) => log.error(message, line(fields)),
    with: (fields) => makeInvocationLogger(log, { ...fixed, ...fields }),
  };
}
