import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { PermanentError, UserError, ensureError } from '../../kernel/errors';
import { BackupRow, Manifest, backupVersion, manifestName } from './backup-format';

/** The manifest of a folder; undefined: there is none. @throws UserError `backup/format` */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  let text: string;
  try {
    text = await readFile(join(folder, manifestName), 'utf8');
  } catch (thrown) {
    if ((ensureError(thrown) as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
  const parsed = Manifest.safeParse(toJson(text));
  if (parsed.success) return parsed.data;
  throw new UserError('backup/format', `${join(folder, manifestName)} is not the manifest of a backup`, {
    hint: `This version reads backups of version ${backupVersion}.`,
    cause: parsed.error,
  });
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whole or not at all: a manifest that is half written would lose what is backed up already. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, manifestName);
  await writeFile(`${path}.new`, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** Writes rows as they come; the file gets its name when it is whole. */
export async function writePart(folder: string, file: string, rows: AsyncIterable<BackupRow>): Promise<void> {
  const path = join(folder, file);
  const lines = async function* () {
    for await (const row of rows) yield `${JSON.stringify(row)}\n`;
  };
  await pipeline(Readable.from(lines()), createGzip(), createWriteStream(`${path}.new`, { mode: 0o600 }));
  await rename(`${path}.new`, path);
}

/** Rows of a part as they are read. @throws PermanentError `backup/damaged` */
export async function* readPart(folder: string, file: string): AsyncIterable<BackupRow> {
  const damaged = (cause: unknown) =>
    new PermanentError('backup/damaged', `${join(folder, file)} cannot be read: it is damaged or missing`, {
      cause,
    });
  const unpacked = createGunzip();
  const source = createReadStream(join(folder, file));
  source.on('error', (error) => unpacked.destroy(error));
  try {
    for await (const line of createInterface({ input: source.pipe(unpacked) })) {
      yield BackupRow.parse(JSON.parse(line));
    }
  } catch (thrown) {
    throw damaged(thrown);
  } finally {
    source.destroy();
  }
}
