import { closeSync, openSync, readSync, renameSync, writeSync } from 'node:fs';

export type FileLine = {
  readonly text: string;
  /** False: the last one, which no line end closes. */
  readonly isWhole: boolean;
};

const chunkBytes = 1024 * 1024;
const lineEnd = 0x0a;

/** The lines of a UTF-8 file one after another: no more than one line and one chunk of the file is held. */
export function* readLines(path: string, chunkLength = chunkBytes): Generator<FileLine> {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(chunkLength);
    // Parts of a line that goes over several chunks; joined once, when its end is there.
    let begun: Buffer[] = [];
    for (;;) {
      const length = readSync(file, chunk, 0, chunkLength, null);
      if (length === 0) break;
      let start = 0;
      for (;;) {
        const end = chunk.subarray(0, length).indexOf(lineEnd, start);
        if (end === -1) break;
        const rest = chunk.subarray(start, end);
        yield {
          text: begun.length === 0 ? rest.toString('utf8') : Buffer.concat([...begun, rest]).toString('utf8'),
          isWhole: true,
        };
        begun = [];
        start = end + 1;
      }
      // A copy: the next chunk is read into the same bytes.
      if (start < length) begun.push(Buffer.from(chunk.subarray(start, length)));
    }
    if (begun.length > 0) yield { text: Buffer.concat(begun).toString('utf8'), isWhole: false };
  } finally {
    closeSync(file);
  }
}

/** Replaces the file by these objects, one a line, at once and readable by its owner alone. Holds 1 MB of it at a time. */
export function replaceByLines(path: string, lines: Iterable<object>): void {
  const next = `${path}.next`;
  const file = openSync(next, 'w', 0o600);
  try {
    let text = '';
    for (const line of lines) {
      text += `${JSON.stringify(line)}\n`;
      if (text.length < chunkBytes) continue;
      writeAll(file, text);
      text = '';
    }
    writeAll(file, text);
  } finally {
    closeSync(file);
  }
  renameSync(next, path);
}

/** A write may take less than it was given. */
function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
}
