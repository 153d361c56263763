import type { LogFields, Logger } from '../../emulator-kit/src/logger';
import type { LogLevel } from './app/programming-model';

const severities = { debug: 0, info: 1, warn: 2, error: 3 } as const;
export type Severity = keyof typeof severities;

export type LogFormat = 'json' | 'text';

/** The least severity to show; `info` for anything that is not one. */
export function toSeverity(text: string | undefined): Severity {
  return text !== undefined && text in severities ? (text as Severity) : 'info';
}

function toText(value: unknown): string {
  return typeof value === 'string' && !/\s/.test(value) ? value : JSON.stringify(value);
}

function formatLine(
  format: LogFormat,
  at: string,
  level: Severity,
  message: string,
  fields: LogFields,
): string {
  if (format === 'json') return JSON.stringify({ at, level, message, ...fields });
  const pairs = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${toText(value)}`);
  return `${at.slice(11, 23)} ${level.padEnd(5)} ${message}${pairs.join('')}`;
}

/** Log lines to `write` (one line, without its line feed), one JSON object or one readable line each. */
export function makeLineLogger(
  options: { format: LogFormat; least: Severity; write: (line: string) => void; now: () => number },
  fields: LogFields = {},
): Logger {
  const line = (level: Severity) => (message: string, extra?: LogFields) => {
    if (severities[level] < severities[options.least]) return;
    const at = new Date(options.now()).toISOString();
    options.write(formatLine(options.format, at, level, message, { ...fields, ...extra }));
  };
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    with: (more) => makeLineLogger(options, { ...fields, ...more }),
  };
}

/** A line at one of the Functions log levels (https://learn.microsoft.com/azure/azure-functions/configure-monitoring). */
export function writeLog(log: Logger, level: LogLevel, message: string): void {
  switch (level) {
    case 'none':
      return;
    case 'trace':
    case 'debug':
      return log.debug(message);
    case 'information':
      return log.info(message);
    case 'warning':
      return log.warn(message);
    case 'error':
    case 'critical':
      return log.error(message);
  }
}
