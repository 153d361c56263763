import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { ConcurrencyError } from '../../kernel/errors';
import type { CursorStore } from '../../store/ports/cursor-store';
import { OpsProblem } from '../problem';

const keyName = 'ops-cursor-key';

/** Signs and reads the cursors of lists: a page's place, tied to its list. */
export type Cursors = {
  readonly sign: (list: string, place: string) => Promise<string>;
  /** @throws OpsProblem 400 `ops/cursor` */
  readonly read: (list: string, cursor: string) => Promise<string>;
};

/** One key for all processes, made at the first use and kept in the tables. */
export function makeCursors(store: CursorStore): Cursors {
  let key: Promise<Buffer> | undefined;
  const readKey = () =>
    (key ??= loadKey(store).catch((error: unknown) => {
      key = undefined;
      throw error;
    }));
  const signature = async (list: string, place: string) =>
    createHmac('sha256', await readKey())
      .update(`${list}\n${place}`)
      .digest();
  return {
    async sign(list, place) {
      return `${Buffer.from(place).toString('base64url')}.${(await signature(list, place)).toString('base64url')}`;
    },
    async read(list, cursor) {
      const [place = '', given = ''] = cursor.split('.').map((part) => Buffer.from(part, 'base64url'));
      const text = place.toString();
      const wanted = await signature(list, text);
      if (given.length !== wanted.length || !timingSafeEqual(Buffer.from(given), wanted)) {
        throw new OpsProblem(400, 'ops/cursor', 'The cursor is not one that this list gave.', {
          hint: 'Begin at the first page, and use `next` as it is.',
        });
      }
      return text;
    },
  };
}

async function loadKey(store: CursorStore): Promise<Buffer> {
  for (;;) {
    const known = await store.read(keyName);
    if (known.value !== null) return Buffer.from(known.value, 'base64url');
    const fresh = randomBytes(32);
    try {
      await store.commit(keyName, known, fresh.toString('base64url'));
      return fresh;
    } catch (error) {
      if (!(error instanceof ConcurrencyError)) throw error;
    }
  }
}
