import { z } from 'zod';
import { timeField } from './fields';
import type { Shape } from './fields';

/** A read position as it is stored, such as a delta link. */
export const StoredCursor = z.object({ value: z.string(), updatedAt: timeField });
export type StoredCursor = Shape<typeof StoredCursor>;
