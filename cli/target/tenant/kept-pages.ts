import { createReadStream } from 'node:fs';
import { appendFile, mkdir, rm, stat, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { z } from 'zod';
import { jsonLine } from '../../json-line';

/** Whether a page comes right after the one before; undefined: it is the first. */
export type Follows<Page> = (page: Page, before: Page | undefined) => boolean;

/** A file of one JSON value a line, that an interrupted process may have left with half a line. Only its owner reads it. */
export class KeptPages<Page> {
  readonly #path: string;
  readonly #schema: z.ZodType<Page>;

  constructor(path: string, schema: z.ZodType<Page>) {
    this.#path = path;
    this.#schema = schema;
  }

  /**
   * What is there, in its order, as far as each page follows the one before; the rest, and what was left half, is cut off, so
   * that `add` goes on behind the last page.
   */
  async *read(follows: Follows<Page> = () => true): AsyncGenerator<Page> {
    const size = await stat(this.#path).then(
      (found) => found.size,
      () => 0,
    );
    if (size === 0) return;
    let whole = 0;
    let before: Page | undefined;
    const lines = createInterface({ input: createReadStream(this.#path), crlfDelay: Infinity });
    for await (const line of lines) {
      const end = whole + Buffer.byteLength(line) + 1;
      const page = end > size ? undefined : this.#parse(line);
      if (page === undefined || !follows(page, before)) break;
      whole = end;
      before = page;
      yield page;
    }
    lines.close();
    if (whole < size) await truncate(this.#path, whole);
  }

  async add(page: Page): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    await appendFile(this.#path, `${jsonLine(page)}\n`, { mode: 0o600 });
  }

  async forget(): Promise<void> {
    await rm(this.#path, { force: true });
  }

  #parse(line: string): Page | undefined {
    try {
      const parsed = this.#schema.safeParse(JSON.parse(line));
      return parsed.success ? parsed.data : undefined;
    } catch {
      return undefined;
    }
  }
}
