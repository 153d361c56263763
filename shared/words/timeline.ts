import { z } from 'zod';
import { countField, timeField } from './fields';
import type { Shape } from './fields';

export const timelineSteps = [
  'seen',
  'decided',
  'intended',
  'written',
  'verified',
  'refused',
  'gone',
  'pinned',
] as const;
export type TimelineStep = (typeof timelineSteps)[number];

/** One step of a user's recorded story. */
export const TimelineEntry = z.object({
  version: countField,
  step: z.enum(timelineSteps),
  at: timeField,
  text: z.string(),
  /** Anything worth keeping: the hint's source, the operation, Graph's request id. No secrets. */
  facts: z.record(z.string(), z.unknown()),
});
export type TimelineEntry = Shape<typeof TimelineEntry>;
