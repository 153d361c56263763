import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { UserError } from '../../../emulator-kit/src/errors';
import { tenantLineSchema } from './tenant-line';
import type { TenantLine } from './tenant-line';

const wholeSchema = z.object({
  tenant: z.record(z.string(), z.unknown()),
  skus: z.array(z.record(z.string(), z.unknown())).default([]),
  exclusive: z.array(z.record(z.string(), z.unknown())).default([]),
  dependencies: z.array(z.record(z.string(), z.unknown())).default([]),
  groups: z.array(z.record(z.string(), z.unknown())).default([]),
  users: z.array(z.record(z.string(), z.unknown())).default([]),
});

/**
 * A tenant file: NDJSON with one object a line, or one JSON object `{ tenant, skus, exclusive, dependencies, groups,
 * users }`.
 * @throws UserError that names file and line
 */
export function readTenantFile(path: string): TenantLine[] {
  const text = readText(path);
  const whole = parseWhole(text);
  if (whole) return whole.map((line, index) => checkLine(line, `${path}, entry ${index + 1}`));
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    return [checkLine(parseLine(line, `${path}:${index + 1}`), `${path}:${index + 1}`)];
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UserError('tenant/unreadable', `The tenant file ${path} cannot be read`, { cause });
  }
}

/** undefined: the text is not one JSON object of that form. */
function parseWhole(text: string): unknown[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const whole = wholeSchema.safeParse(parsed);
  if (!whole.success) return undefined;
  const { tenant, skus, exclusive, dependencies, groups, users } = whole.data;
  const typed = (type: string, items: Record<string, unknown>[]) => items.map((item) => ({ ...item, type }));
  return [
    { ...tenant, type: 'tenant' },
    ...typed('sku', skus),
    ...typed('exclusive', exclusive),
    ...typed('dependency', dependencies),
    ...typed('user', users),
    ...typed('group', groups),
  ];
}

function parseLine(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new UserError('tenant/not-json', `${where} is not JSON`, {
      cause,
      hint: 'A tenant file is NDJSON: one JSON object a line.',
    });
  }
}

/**
 * A line of a tenant file, checked; `where` is file and line, for the error.
 * @throws UserError tenant/bad-line
 */
export function checkLine(line: unknown, where: string): TenantLine {
  const parsed = tenantLineSchema.safeParse(line);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new UserError(
    'tenant/bad-line',
    `${where}: ${issue?.path.join('.') || 'the line'}: ${issue?.message ?? 'not a tenant line'}`,
  );
}
