import type { LogFields, Logger } from '../kernel/logger';
import { plainFields } from './plain-fields';

type Level = 'debug' | 'info' | 'warn' | 'error';
const order: Readonly<Record<Level, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** One JSON object a line. `write` gets whole lines, with their line feed, and the level of each. */
export function makeJsonLogger(
  write: (line: string, level: Level) => void,
  lowest: Level = 'info',
  fixed: LogFields = {},
): Logger {
  const log =
    (level: Level) =>
    (message: string, fields: LogFields = {}) => {
      if (order[level] < order[lowest]) return;
      write(`${JSON.stringify({ level, message, ...plainFields({ ...fixed, ...fields }) })}\n`, level);
    };
  return {
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    with: (fields) => makeJsonLogger(write, lowest, { ...fixed, ...fields }),
  };
}

/**
 * Lines of no invocation: the Functions host takes stdout for information, and looks for words of trouble in stderr alone,
 * "warn" before "error".
 */
export function writeByLevel(line: string, level: Level): void {
  const stream = level === 'warn' || level === 'error' ? process.stderr : process.stdout;
  stream.write(line);
}
