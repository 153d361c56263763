import { z } from 'zod';
import { ConcurrencyError, PermanentError } from '../../../kernel/errors';
import type { ForgottenUser } from '../../ports/personal-rows';
import type { Row, TableAccess } from '../table-access';
import { fromJsonProperties, toJsonProperties } from './json-property';

/** What stands where a name stood. */
const nameless = '(forgotten)';
const guids = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/** What of an entry tells whom it means; anything else of it is text. */
const Entry = z.looseObject({ at: z.number().optional(), byId: z.string().optional() });
type Entry = z.infer<typeof Entry>;

/** The same for a name however it is written: one blank or two, capitals or not, characters composed or not. */
export function foldName(name: string): string {
  return foldWord(name.normalize('NFKC')).replace(/\s+/g, ' ');
}

/** The small letter of İ is an i and a dot above it (U+0307), which many people leave out. */
function foldWord(word: string): string {
  return word.toLowerCase().replaceAll('i\u0307', 'i');
}

/** Who else has a name, folded: users who have not left, and users who have, too, but are not to be forgotten now. */
export type OtherBearers = { readonly present: ReadonlySet<string>; readonly left: ReadonlySet<string> };

/**
 * Replaces the names of users who have left in the entries of the audit, and answers in how many entries. An address is given
 * again, and names are shared, so a name is replaced only where it means the one who left: in an entry with this user's id, or
 * in one from before this user left, if no user bears the name who has not, or in a later one, if no other user bore the name
 * at all. Who did something is told by id: `by` is replaced where `byId` is the user's alone. Names of properties stay.
 */
export async function makeNameless(
  audit: TableAccess,
  users: readonly ForgottenUser[],
  borne: OtherBearers,
): Promise<number> {
  const names = indexNames(users);
  if (names.size === 0) return 0;
  let changed = 0;
  for await (const row of audit.query(''))
    if (await replaceNames(audit, row, (entry) => withoutNames(entry, names, borne))) changed++;
  return changed;
}

/** A name and those who left and bore it. */
type Name = {
  /** Folded. */
  readonly name: string;
  readonly users: ForgottenUser[];
  /** Matches it as people write it, whole, at `lastIndex`. */
  readonly pattern: RegExp;
  /** Its first word, folded; empty: there is none. */
  readonly first: string;
  /** Characters before its first word. */
  readonly lead: number;
};
/** By their first word; the longest first. Thousands of names are too many to try each of them everywhere. */
type Names = ReadonlyMap<string, readonly Name[]>;

const words = /[\p{L}\p{N}][\p{L}\p{N}\u0307]*/gu;

function indexNames(users: readonly ForgottenUser[]): Names {
  const byName = new Map<string, Name>();
  for (const user of users) {
    for (const text of user.names) {
      // Folding may change how long it is, and what its pattern matches.
      const key = foldWord(text).replace(/\s+/g, ' ');
      const known = byName.get(key);
      if (known !== undefined) known.users.push(user);
      else
        byName.set(key, {
          name: foldName(text),
          users: [user],
          pattern: toPattern(text),
          first: foldWord(text.match(words)?.[0] ?? ''),
          lead: text.search(words),
        });
    }
  }
  const index = new Map<string, Name[]>();
  for (const one of [...byName.values()].sort((a, b) => b.name.length - a.name.length)) {
    const { first } = one;
    if (first !== '') index.set(first, [...(index.get(first) ?? []), one]);
  }
  return index;
}

function withoutNames(entry: Entry, names: Names, borne: OtherBearers): unknown {
  const { at = Infinity, byId } = entry;
  const ids = new Set((JSON.stringify(entry).match(guids) ?? []).map((id) => id.toLowerCase()));
  const isMeant = ({ name, users }: Name) =>
    users.some(
      ({ id, missingSince = Infinity }) =>
        ids.has(id) || (!borne.present.has(name) && (at < missingSince || !borne.left.has(name))),
    );
  const isActor = ({ users }: Name) => users.some(({ id }) => id === byId?.toLowerCase());
  return Object.fromEntries(
    Object.entries(entry).map(([key, value]) => {
      const wanted = key === 'by' ? isActor : isMeant;
      return [key, inTexts(value, (text) => replaceWhere(text, names, wanted))];
    }),
  );
}

function replaceWhere(text: string, names: Names, isWanted: (name: Name) => boolean): string {
  let replaced = '';
  let from = 0;
  for (const { 0: word, index } of text.matchAll(words)) {
    for (const one of names.get(foldWord(word)) ?? []) {
      const start = index - one.lead;
      if (start < from) continue;
      one.pattern.lastIndex = start;
      const found = one.pattern.exec(text)?.[0];
      if (found === undefined || !isWanted(one)) continue;
      replaced += text.slice(from, start) + nameless;
      from = start + found.length;
      break;
    }
  }
  return replaced + text.slice(from);
}

function inTexts(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === 'string') return replace(value);
  if (Array.isArray(value)) return value.map((one) => inTexts(one, replace));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inTexts(one, replace)]));
}

async function replaceNames(
  access: TableAccess,
  row: Row,
  without: (entry: Entry) => unknown,
): Promise<boolean> {
  const { partitionKey = '', rowKey = '' } = row;
  let current: Row | undefined = row;
  while (current !== undefined) {
    const before = readEntry(current);
    if (before === undefined) return false;
    const after = without(before);
    if (JSON.stringify(before) === JSON.stringify(after)) return false;
    try {
      const json = toJsonProperties(after, `the row ${rowKey} of ${access.name}`);
      await access.write({ partitionKey, rowKey, ...json }, current.etag);
      return true;
    } catch (error) {
      if (!(error instanceof ConcurrencyError)) throw error;
      current = await access.get(partitionKey, rowKey);
    }
  }
  return false;
}

function readEntry(row: Row): Entry | undefined {
  try {
    return fromJsonProperties(row, Entry, 'a row');
  } catch (error) {
    if (error instanceof PermanentError) return undefined;
    throw error;
  }
}

/** One blank or two, capitals or not; no part of a longer name or address. */
function toPattern(name: string): RegExp {
  const text = name
    .replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    .replace(/\u0130|i\u0307?/gi, '(?:\u0130|i\u0307?)')
    .replace(/\s+/g, '\\s+');
  return new RegExp(`(?<![\\p{L}\\p{N}._+-])(?:${text})(?![\\p{L}\\p{N}-]|\\.[\\p{L}\\p{N}])`, 'yiu');
}
