import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { TenantFileLine } from '../shared/tenant/export/tenant-lines';
import { jsonLine } from './json-line';
import { withTemporaryFile } from './temporary-file';
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
  await withTemporaryFile(path, 'first', async (first) => {
    await writePrivateChunks(first, chunksOf(lines));
    await writePrivateChunks(path, chunksOf(finalLines(first, finalLine)));
  });
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
    chunk += `${jsonLine(line)}\n`;
    if (chunk.length >= chunkLength) {
      yield chunk;
      chunk = '';
    }
  }
  if (chunk !== '') yield chunk;
}
