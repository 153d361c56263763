import { z } from 'zod';
import { Levels } from './levels';

/** The row of a cursor as it was seen; both null: there is no such row. */
const SeenCursor = z.object({ value: z.string().nullable(), updatedAt: z.number().nullable() });

/**
 * What the timer `observe` saw at its last run, in one row beside the counters, so that one request reads all that an overview
 * needs of it. `at`: when it was seen, milliseconds. `cursors`: by their names, those alone that tell how the sources are.
 */
export const KeptLook = z.object({
  at: z.number(),
  /** Always empty: an earlier version takes this row for one of counts, and counts nothing. */
  counts: z.record(z.string(), z.number()),
  levels: Levels,
  cursors: z.record(z.string(), SeenCursor),
});
export type KeptLook = z.infer<typeof KeptLook>;
