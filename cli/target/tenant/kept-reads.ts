import { createHash } from 'node:crypto';
import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Directory, DirectoryUser, UserPage } from '../../../shared/graph/directory';
import { followLinks } from '../../../shared/graph/follow-links';
import { GraphError } from '../../../shared/graph/refusals/graph-error';
import { isoTime } from '../../../shared/kernel/clock';
import { toGroupId, toServicePlanId, toSkuId, toUserId } from '../../../shared/kernel/ids';
import { timing } from '../../../shared/kernel/timing';
import { KeptPages } from './kept-pages';
import type { Follows } from './kept-pages';

const UserId = z.string().transform(toUserId);
const User: z.ZodType<DirectoryUser> = z.object({
  id: UserId,
  properties: z.record(z.string(), z.unknown()),
  usageLocation: z.string().nullable(),
  assignments: z.array(
    z.object({
      skuId: z.string().transform(toSkuId),
      disabledPlans: z.array(z.string().transform(toServicePlanId)),
      assignedByGroup: z
        .string()
        .nullable()
        .transform((id) => (id === null ? null : toGroupId(id))),
      state: z.string(),
      error: z.string().nullable(),
    }),
  ),
});
/** `at`: when Graph gave it, in milliseconds. */
type Timed = { readonly at: number };
/** `from`: the link that the page was read by; null: it is the first. */
type KeptUsers = UserPage & Timed & { readonly from: string | null };
const Users: z.ZodType<KeptUsers> = z.object({
  at: z.number(),
  from: z.string().nullable(),
  users: z.array(User),
  odd: z.array(UserId),
  nextLink: z.string().exactOptional(),
});
const Members = z.object({ at: z.number(), ids: z.array(UserId) });

export type KeptReadsOptions = {
  /** One of the tenant and the account; absent while nothing is kept of it. */
  readonly folder: () => Promise<string | undefined>;
  /** Milliseconds. */
  readonly now: () => number;
  /** What an interrupted run has left of the same reads is not used. */
  readonly isFresh?: boolean;
  /** Pages of an interrupted run are used; `since` is ISO 8601. */
  readonly onResume: (since: string) => void;
};

/** Reads of a long command that survive it: users page by page, members of a group once all of them are there. */
export type KeptReads = {
  readonly over: (directory: Directory) => Directory;
  /** The command is through: of what it has read nothing is kept any longer. What other commands have left stays. */
  readonly done: () => Promise<void>;
};

/**
 * A directory that writes every page it has read into a folder, and gives what an interrupted run has read without asking
 * Graph. An hour after its last page a read begins anew, and so it does when Graph no longer takes the link to go on from.
 */
export function keepReads({ folder, now, onResume, isFresh = false }: KeptReadsOptions): KeptReads {
  let isSaid = false;
  const opened = new Map<string, { forget(): Promise<void> }>();
  const open = async <Page extends Timed>(
    name: string,
    schema: z.ZodType<Page>,
    follows?: Follows<Page>,
  ): Promise<KeptPages<Page> | undefined> => {
    const place = await folder();
    if (place === undefined) return undefined;
    const path = join(place, `${name}.ndjson`);
    const pages = new KeptPages(path, schema);
    if (isFresh && !opened.has(path)) await pages.forget();
    opened.set(path, pages);
    let since: number | undefined;
    let last: number | undefined;
    for await (const { at } of pages.read(follows)) {
      since ??= at;
      last = at;
    }
    if (since === undefined || last === undefined) return pages;
    if (now() - last > timing.commands.keptReads.ms) {
      await pages.forget();
      return pages;
    }
    if (!isSaid) onResume(isoTime(Math.floor(since)));
    isSaid = true;
    return pages;
  };

  const over = (directory: Directory): Directory => ({
    ...directory,
    async *listUsers(read, signal, onOdd) {
      const what = { properties: [...read.properties].sort(), directGroups: read.directGroups };
      const kept = await open(`users-${digest(JSON.stringify(what))}`, Users, isNext);
      let link: string | undefined;
      let isKnown = false;
      if (kept !== undefined) {
        for await (const page of kept.read(isNext)) {
          for (const id of page.odd) onOdd?.(id);
          yield page.users;
          isKnown = true;
          link = page.nextLink;
        }
      }
      if (isKnown && link === undefined) return;
      const readOn = async (at: string | undefined) => {
        const page = await directory.userPage(read, at, signal);
        await kept?.add({ ...page, at: now(), from: at ?? null });
        for (const id of page.odd) onOdd?.(id);
        return { page: page.users, next: page.nextLink };
      };
      try {
        yield* followLinks(link, readOn);
      } catch (error) {
        if (link === undefined || !isLinkRefused(error)) throw error;
        await kept?.forget();
        yield* followLinks(undefined, readOn);
      }
    },
    async *groupMembers(group, signal) {
      const kept = await open(`group-${digest(group)}`, Members);
      for await (const { ids } of kept?.read() ?? []) {
        yield ids;
        return;
      }
      const ids = [];
      for await (const page of directory.groupMembers(group, signal)) {
        for (const id of page) ids.push(id);
        yield page;
      }
      await kept?.add({ at: now(), ids });
    },
  });

  return {
    over,
    async done() {
      const place = await folder();
      if (place === undefined) return;
      for (const pages of opened.values()) await pages.forget();
      // Not empty: another command has left something, or is at work.
      await rmdir(place).catch(() => undefined);
    },
  };
}

/** Two plans at one time may have written into one file: only a chain from the first page on is all users. */
function isNext(page: KeptUsers, before: KeptUsers | undefined): boolean {
  return page.from === (before === undefined ? null : (before.nextLink ?? 'none'));
}

/** Graph's links end some time; which error says so differs between its servers. */
function isLinkRefused(error: unknown): boolean {
  return error instanceof GraphError && ['badRequest', 'gone', 'syncStateLost'].includes(error.class);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
