/**
 * What is paused. Scopes: `intake` (deciding), `apply` (every write), `lane:N`, `sku:GUID`. Whoever paused it is in the
 * row; a pause that the product set itself (`permission`, `configuration`) is probed every minute and lifted by it.
 */
export const pauseOrigins = ['operator', 'permission', 'configuration'] as const;
export type PauseOrigin = (typeof pauseOrigins)[number];

export type Pause = {
  readonly scope: string;
  readonly origin: PauseOrigin;
  readonly reason: string;
  readonly by: string;
  readonly at: number;
  /** Last time the product tried whether its own pause can be lifted. */
  readonly probedAt: number | null;
};

export interface ControlStore {
  /** Every pause in force; a handful of rows at most. */
  pauses(): Promise<readonly Pause[]>;
  /** Sets the pause of a scope; one that is there already stays as it is (true: it is new). */
  pause(pause: Pause): Promise<boolean>;
  /** True: there was one. `origin`: only a pause of this origin. */
  resume(scope: string, origin?: PauseOrigin): Promise<boolean>;
  /** Takes the right to probe this pause; false: somebody else probed within the last `everyMs`. */
  takeProbe(scope: string, at: number, everyMs: number): Promise<boolean>;
}
