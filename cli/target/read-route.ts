import { createRequire } from 'node:module';
import { Option } from 'commander';
import type { Command } from 'commander';
import { silentLogger } from '../../shared/kernel/logger';
import type { OpsContext, OpsRoute } from '../../shared/ops-api/route';
import type { Page } from '../../shared/ops-api/schemas';
import type * as wiringOps from '../../shared/wiring-ops';
import type { Io } from '../io';
import { factsFor } from '../visible-text';
import { withOps } from './ops-target';
import { addLookOptions, addTargetOptions, withTarget } from './target';
import type { Target, TargetOptions } from './target';
import { withTenant } from './tenant/with-tenant';

/** As in target.ts: only what reads directly needs it. */
const load = createRequire(__filename);

/** Entries of a page of the ops API. */
const largestPage = 200;

export type ReadOptions = TargetOptions & { readonly direct?: true; readonly json?: true };

/** --target and --direct of a command that reads; `fromTenant`: also of a tenant without the app. */
export function addReadOptions(
  command: Command,
  { fromTenant = false }: { readonly fromTenant?: boolean } = {},
): Command {
  return (fromTenant ? addLookOptions(command) : addTargetOptions(command)).addOption(
    new Option(
      '--direct',
      'on Azure: from the tables and queues themselves, for when the functions are down',
    ),
  );
}

/** What a route reads, but without the parts that only the deployed app has. */
export type DirectContext = Pick<
  OpsContext,
  'services' | 'inspector' | 'caller' | 'operator' | 'report' | 'status' | 'isCommand'
>;

/** Answers a reading route. */
export type Reader = <Input, Answer>(route: OpsRoute<Input, Answer>, input: Input) => Promise<Answer>;

/**
 * Reads by routes: on Azure through the ops API; with --direct, and in the embedded cloud, by the same code in this
 * process.
 * @throws UserError `cli/no-cloud`, `cli/ops-settings`, and what the routes throw
 */
export function withReader<Result>(
  options: ReadOptions,
  io: Io,
  work: (read: Reader) => Promise<Result>,
): Promise<Result> {
  if (options.target === 'tenant') {
    return withTenant(options, io, ({ pipeline }) =>
      work((route, input) => readOf(contextOf({ services: pipeline }), route, input)),
    );
  }
  if (isByApi(options)) return withOps(options, io, (ops) => work((route, input) => ops.call(route, input)));
  return withTarget(options, (target) => work((route, input) => readDirectly(target, route, input)));
}

/** Answers one reading route, as withReader does; without `json` every text is one line that a terminal only shows. */
export async function readRoute<Input, Answer>(
  options: ReadOptions,
  io: Io,
  route: OpsRoute<Input, Answer>,
  input: Input,
): Promise<Answer> {
  const answer = await withReader(options, io, (read) => read(route, input));
  return factsFor(options, answer);
}

/** Whether a read goes through the ops API. */
export function isByApi({ target, direct }: ReadOptions): boolean {
  return target === 'azure' && direct !== true;
}

/** The route's own work in this process, without the API around it. */
export function readDirectly<Input, Answer>(
  { pipeline, inspector, config, credential }: Target,
  route: OpsRoute<Input, Answer>,
  input: Input,
): Promise<Answer> {
  const { statusParts } = load('../../shared/wiring-ops') as typeof wiringOps;
  const context = {
    ...contextOf({ services: pipeline }),
    status: statusParts(config, credential, silentLogger),
    get inspector() {
      return inspector();
    },
  } as const satisfies DirectContext & Pick<OpsContext, 'logger'>;
  return readOf(context, route, input);
}

/** What every reading route gets, whatever it reads from. */
function contextOf<Read>({ services }: { readonly services: Read }) {
  return {
    services,
    logger: silentLogger,
    caller: { id: 'direct', name: 'direct', kind: 'user', roles: ['Viewer'] },
    operator: { by: 'direct', why: null },
    report: () => undefined,
    isCommand: true,
  } as const;
}

/** Routes that need more (operations, approvals; of a tenant alone, tables and queues) are never called so. */
function readOf<Input, Answer>(
  context: object,
  route: OpsRoute<Input, Answer>,
  input: Input,
): Promise<Answer> {
  return route.handle(context as unknown as OpsContext, input);
}

/** The items of a list with cursors, `limit` at most, page by page where the ops API gives pages. */
export async function readItems<Input extends { limit?: number; cursor?: string }, Item>(
  options: ReadOptions,
  io: Io,
  route: OpsRoute<Input, Page<Item>>,
  input: Input,
  limit: number,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const asked = Math.min(isByApi(options) ? largestPage : limit, limit - items.length);
    const place: { cursor?: string } = cursor === null ? {} : { cursor };
    const page: Page<Item> = await readRoute(options, io, route, { ...input, limit: asked, ...place });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== null && items.length < limit);
  return items;
}
