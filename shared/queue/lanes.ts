import { createHash } from 'node:crypto';
import type { UserId } from '../kernel/ids';

/**
 * The lane (Service Bus session id) of a user: the first 4 bytes of SHA-256 of the lower-case user id, as a
 * big-endian number, modulo the number of lanes. A user always maps to the same lane (docs/architecture.md).
 */
export function laneOf(userId: UserId, lanes: number): string {
  const digest = createHash('sha256').update(userId.toLowerCase(), 'utf8').digest();
  return `lane-${String(digest.readUInt32BE(0) % lanes).padStart(2, '0')}`;
}

/** More lanes than any setting allows (LICENSER_LANES). */
const mostLanes = 128;

/** Whether a session can be a lane of the product, under whatever number of lanes its messages were sent. */
export function isLane(sessionId: string): boolean {
  const [, number] = /^lane-(\d{2,3})$/.exec(sessionId) ?? [];
  return number !== undefined && Number(number) < mostLanes;
}
