import type { LogFields, Logger } from '../kernel/logger';
import { plainFields } from './plain-fields';

type Level = 'debug' | 'info' | 'warn' | 'error';
const order: Readonly<Record<Level, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** One JSON object a line. `write` gets whole lines, with their line feed. */
export function makeJsonLogger(
  write: (line: string) => void,
  lowest: Level = 'info',
  fixed: LogFields = {},
): Logger {
  const log =
    (level: Level) =>
    (message: string, fields: LogFields = {}) => {
      if (order[level] < order[lowest]) return;
      write(`${JSON.stringify({ level, message, ...plainFields({ ...fixed, ...fields }) })}\n`);
    };
  return {
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    with: (fields) => makeJsonLogger(write, lowest, { ...fixed, ...fields }),
  };
}
