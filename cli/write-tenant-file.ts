import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { TenantFileLine } from '../shared/tenant/export/tenant-lines';
import { writePrivateChunks } from './write-private-file';

/**
 * Writes a tenant file of one JSON object a line, whole or not at all, readable by its owner alone; `.gz` compresses it.
 * @param finalLine what becomes of a line once all were taken; undefined: it stays as it is
 * @throws UserError `cli/unwritable`, and whatever the lines throw
 */
export async function writeTenantFile(
  path: string,
  lines: AsyncIterable<TenantFileLine>,
  finalLine: ((line: TenantFileLine) => TenantFileLine) | undefined,
): Promise<void> {
  if (finalLine === undefined) {
    await writePrivateChunks(path, chunksOf(lines));
    return;
  }
  const first = `${path}.${randomUUID().slice(0, 8)}.first`;
  try {
    await writePrivateChunks(first, chunksOf(lines));
    await writePrivateChunks(path, chunksOf(finalLines(first, finalLine)));
  } finally {
    await rm(first, { force: true });
  }
}

async function* finalLines(
  path: string,
  finalLine: (line: TenantFileLine) => TenantFileLine,
): AsyncGenerator<TenantFileLine> {
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    yield finalLine(JSON.parse(text) as TenantFileLine);
  }
}

/** Hundreds of lines at once: a chunk for each would cost more than making it. */
const chunkLength = 256 * 1024;

async function* chunksOf(lines: AsyncIterable<TenantFileLine>): AsyncGenerator<string> {
  let chunk = '';
  for await (const line of lines) {
    chunk += `${asLine(line)}\n`;
    if (chunk.length >= chunkLength) {
      yield chunk;
      chunk = '';
    }
  }
  if (chunk !== '') yield chunk;
}

/** JSON without U+2028 and U+2029 as they are: Node's readline ends a line there in some of its versions. */
function asLine(line: TenantFileLine): string {
  return JSON.stringify(line).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
