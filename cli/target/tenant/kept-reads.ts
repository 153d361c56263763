import { createHash } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Directory, DirectoryUser, UserPage } from '../../../shared/graph/directory';
import { followLinks } from '../../../shared/graph/follow-links';
import { GraphError } from '../../../shared/graph/refusals/graph-error';
import { isoTime } from '../../../shared/kernel/clock';
import { toGroupId, toServicePlanId, toSkuId, toUserId } from '../../../shared/kernel/ids';
import { timing } from '../../../shared/kernel/timing';
import { KeptPages } from './kept-pages';

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
/** `from`: the link that the page was read by; null: it is the first. */
type KeptUsers = UserPage & { readonly from: string | null };
const Users: z.ZodType<KeptUsers> = z.object({
  from: z.string().nullable(),
  users: z.array(User),
  odd: z.array(UserId),
  nextLink: z.string().exactOptional(),
});
const Members = z.object({ ids: z.array(UserId) });

export type KeptReadsOptions = {
  /** One of the tenant and the account; absent while nothing is kept of it. */
  readonly folder: () => Promise<string | undefined>;
  /** Milliseconds. */
  readonly now: () => number;
  /** Pages of an interrupted run are used; `since` is ISO 8601. */
  readonly onResume: (since: string) => void;
};

/** Reads of a long command that survive it: users page by page, members of a group once all of them are there. */
export type KeptReads = {
  readonly over: (directory: Directory) => Directory;
  /** The command is through: nothing is kept any longer. */
  readonly done: () => Promise<void>;
};

/**
 * A directory that writes every page it has read into a folder, and gives what an interrupted run has read without asking
 * Graph. Pages older than an hour are read anew, and so is everything when Graph no longer takes the link to go on from.
 */
export function keepReads({ folder, now, onResume }: KeptReadsOptions): KeptReads {
  let isSaid = false;
  const open = async <Page>(name: string, schema: z.ZodType<Page>): Promise<KeptPages<Page> | undefined> => {
    const place = await folder();
    if (place === undefined) return undefined;
    const path = join(place, `${name}.ndjson`);
    const pages = new KeptPages(path, schema);
    const since = await stat(path).then(
      ({ birthtimeMs, mtimeMs }) => (birthtimeMs > 0 ? birthtimeMs : mtimeMs),
      () => undefined,
    );
    if (since === undefined) return pages;
    if (now() - since > timing.commands.keptReads.ms) {
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
      const kept = await open(`users-${digest(JSON.stringify(what))}`, Users);
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
        await kept?.add({ ...page, from: at ?? null });
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
      await kept?.add({ ids });
    },
  });

  return {
    over,
    async done() {
      const place = await folder();
      if (place !== undefined) await rm(place, { recursive: true, force: true });
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
