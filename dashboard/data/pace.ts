import { signal } from '@preact/signals';

/** The reader stopped the updates, to read in peace. */
export const updatesPaused = signal(false);
/** Ticks once a second while the tab is seen, so that ages on the screen grow. */
export const now = signal(Date.now());

const idleAfterMs = 600_000;
const idleEveryMs = 60_000;
const slowestMs = 60_000;

let lastInputAt = Date.now();
for (const event of ['pointerdown', 'keydown', 'wheel'] as const) {
  addEventListener(event, () => (lastInputAt = Date.now()), { passive: true });
}
setInterval(() => {
  if (document.visibilityState === 'visible') now.value = Date.now();
}, 1_000);

/** How long until the next look: slower for who has left, and after errors; null: not now. */
export function nextLookMs(everyMs: number, errorsInRow: number): number | null {
  if (document.visibilityState !== 'visible' || updatesPaused.value) return null;
  const idle = Date.now() - lastInputAt > idleAfterMs ? idleEveryMs : everyMs;
  return errorsInRow === 0 ? idle : Math.min(slowestMs, everyMs * 2 ** errorsInRow);
}
