import { z } from 'zod';
import { timeField } from './fields';
import type { Shape } from './fields';

/** A pause that the product set itself (`permission`, `configuration`) is probed every minute and lifted by it. */
export const pauseOrigins = ['operator', 'permission', 'configuration'] as const;
export type PauseOrigin = (typeof pauseOrigins)[number];

/** What is paused. Scopes: `intake` (deciding), `apply` (every write), `location`, `lane:N`, `sku:GUID`. */
export const Pause = z.object({
  scope: z.string(),
  origin: z.enum(pauseOrigins),
  reason: z.string(),
  by: z.string(),
  at: timeField,
  /** Last time the product tried whether its own pause can be lifted. */
  probedAt: timeField.nullable(),
});
export type Pause = Shape<typeof Pause>;
