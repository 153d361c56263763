import type { LogFields, Logger } from '../../shared/kernel/logger';

export type LoggedLine = { readonly level: string; readonly message: string; readonly fields: LogFields };

/** A logger that keeps its lines. */
export function makeRecordingLogger(
  lines: LoggedLine[] = [],
  fixed: LogFields = {},
): Logger & { lines: LoggedLine[] } {
  const log =
    (level: string) =>
    (message: string, fields: LogFields = {}) => {
      lines.push({ level, message, fields: { ...fixed, ...fields } });
    };
  return {
    lines,
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    with: (fields) => makeRecordingLogger(lines, { ...fixed, ...fields }),
  };
}
