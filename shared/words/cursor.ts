import { z } from 'zod';
import { timeField } from './fields';
import type { Shape } from './fields';

/** A read position as it is stored, such as a delta link. */
export const StoredCursor = z.object({ value: z.string(), updatedAt: timeField });
export type StoredCursor = Shape<typeof StoredCursor>;

/** The row of the read positions that says how often the client state was rotated, and which ones were in use before. */
export const clientStateRow = 'client-state';

const StoredClientState = z.object({
  /** 0: the setting itself is the client state. */
  generation: z.number().int().min(0),
  /** What the present client state is made with beside the setting. Absent: not rotated yet, or by an earlier version. */
  nonce: z.string().min(1).exactOptional(),
  /** Fingerprints of client states that are out of use, and until when, milliseconds, Graph may still send them. */
  retired: z.array(z.object({ of: z.string(), until: z.number() })),
});
/** How often the client state was rotated, what it is made with, and which ones are out of use. */
export type StoredClientState = Shape<typeof StoredClientState>;

/**
 * The value of the row. undefined: there is one, and it cannot be read, so that which client states are out of use is not
 * known.
 */
export function readStoredClientState(value: string | null): StoredClientState | undefined {
  if (value === null) return { generation: 0, retired: [] };
  try {
    return StoredClientState.safeParse(JSON.parse(value)).data;
  } catch {
    return undefined;
  }
}

/** The row as it is stored: unlike a position, it cannot be made anew by starting over. */
export const ClientStateCursor = StoredCursor.extend({
  value: z.string().refine((value) => readStoredClientState(value) !== undefined, {
    error: 'does not tell which client states are in use',
  }),
});
