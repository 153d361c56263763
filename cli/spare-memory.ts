import { setFlagsFromString } from 'node:v8';

/**
 * For a command that holds a whole tenant in memory: what is no longer used is collected when the heap has grown by three
 * tenths since the last time, not when it has grown to a multiple. Both take memory for speed; a command on a laptop must
 * leave room for others with 100,000 users (docs/own-tenant.md). Where V8 does not know the flag nothing changes.
 */
export function spareMemory(): void {
  setFlagsFromString('--heap-growing-percent=30');
}
