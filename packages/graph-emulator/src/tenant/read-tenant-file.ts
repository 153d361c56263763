import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
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

const newline = 0x0a;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * A tenant file: NDJSON with one object a line, or one JSON object `{ tenant, skus, exclusive, dependencies, groups,
 * users }`. A file that gzip has compressed is read as it is, whatever its name. It is opened when the first line is
 * asked for, and lines come one by one: those of a large tenant need not be in memory together.
 * @throws UserError that names file and line, and says what to do
 */
export function* readTenantFile(path: string): Generator<TenantLine> {
  const bytes = readBytes(path);
  if (bytes.length === 0)
    throw new UserError('tenant/empty', `The tenant file ${path} is empty`, { hint: whatItIs });
  const whole = parseWhole(bytes);
  if (whole) {
    for (const [index, line] of whole.entries()) yield checkLine(line, `${path}, entry ${index + 1}`);
    return;
  }
  let number = 0;
  for (const line of linesOf(bytes)) {
    number += 1;
    const where = `${path}:${number}`;
    if (line.trim() !== '') yield checkLine(parseLine(line, where), where);
  }
}

const whatItIs =
  'A tenant file is NDJSON: one JSON object a line. `licenser tenant export FILE` writes one of a tenant.';

function* linesOf(bytes: Buffer): Generator<string> {
  let from = bytes.subarray(0, 3).equals(byteOrderMark) ? 3 : 0;
  while (from < bytes.length) {
    const end = bytes.indexOf(newline, from);
    const to = end < 0 ? bytes.length : end;
    yield bytes.toString('utf8', from, to);
    from = to + 1;
  }
}

function readBytes(path: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    const { code } = cause as { readonly code?: unknown };
    const why =
      code === 'ENOENT'
        ? ': there is no such file'
        : code === 'EISDIR'
          ? ': it is a folder'
          : code === 'EACCES'
            ? ': this account may not read it'
            : '';
    throw new UserError('tenant/unreadable', `The tenant file ${path} cannot be read${why}`, {
      cause,
      hint: 'Give the path of a file that `licenser tenant export FILE` has written.',
    });
  }
  // https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    throw new UserError(
      'tenant/unreadable',
      `The tenant file ${path} is compressed, and damaged or cut off`,
      {
        cause,
        hint: 'Write it anew with `licenser tenant export FILE`.',
      },
    );
  }
}

/** undefined: it is not one JSON object of that form. */
function parseWhole(bytes: Buffer): unknown[] | undefined {
  // What begins with a line of NDJSON need not be looked through.
  for (const first of linesOf(bytes)) {
    if (first.trim() === '') continue;
    const parsed = tryParse(first) as { readonly type?: unknown } | null | undefined;
    if (typeof parsed?.type === 'string') return undefined;
    break;
  }
  const parsed = tryParse(bytes.toString('utf8').replace(/^\ufeff/, ''));
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

/** undefined: it is no JSON. */
function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseLine(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new UserError('tenant/not-json', `${where} is not JSON`, {
      cause,
      hint: whatItIs,
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
    { hint: whatItIs },
  );
}
