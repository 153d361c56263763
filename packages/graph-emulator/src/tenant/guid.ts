import type { Random } from '../../../emulator-kit/src/random';

const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether it is a GUID with dashes, in either case. */
export function isGuidText(text: unknown): text is string {
  return typeof text === 'string' && pattern.test(text);
}

const bytes = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Eight hexadecimal digits. */
function hex(random: Random): string {
  const word = Math.floor(random() * 0x1_0000_0000);
  return `${bytes[word >>> 24]}${bytes[(word >>> 16) & 255]}${bytes[(word >>> 8) & 255]}${bytes[word & 255]}`;
}

/** A GUID in the shape of RFC 4122 version 4; the same random source gives the same GUIDs. */
export function makeGuid(random: Random): string {
  const second = hex(random);
  const third = hex(random);
  const variant = '89ab'[Math.floor(random() * 4)] ?? '8';
  return `${hex(random)}-${second.slice(0, 4)}-4${second.slice(5)}-${variant}${third.slice(1, 4)}-${third.slice(4)}${hex(random)}`;
}

/** A number in [0, 1) that only depends on the text (FNV-1a): where a choice must not depend on order. */
export function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) / 0x1_0000_0000;
}
