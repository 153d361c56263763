import { AppError } from '../kernel/errors';
import type { LogFields } from '../kernel/logger';

/** Errors become code, message and cause; everything else stays (a Secret prints itself as [redacted]). */
export function plainFields(fields: LogFields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, value instanceof Error ? plainError(value) : value]),
  );
}

function plainError(error: Error, depth = 0): Record<string, unknown> {
  return {
    name: error.name,
    ...(error instanceof AppError ? { code: error.code } : {}),
    message: error.message,
    ...(error.cause instanceof Error && depth < 3 ? { cause: plainError(error.cause, depth + 1) } : {}),
  };
}
