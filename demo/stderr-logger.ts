import type { LogFields, Logger } from '../shared/kernel/logger';

/** For people: the message and its fields on one line of stderr. */
export function makeStderrLogger(fixed: LogFields = {}): Logger {
  const say = (message: string, fields: LogFields = {}) => {
    const all = Object.entries({ ...fixed, ...fields }).map(([key, value]) => `${key} ${String(value)}`);
    process.stderr.write(`${message}${all.length > 0 ? ` (${all.join(', ')})` : ''}\n`);
  };
  return {
    debug: () => undefined,
    info: say,
    warn: say,
    error: say,
    with: (fields) => makeStderrLogger({ ...fixed, ...fields }),
  };
}
