import { seededRandom } from '../../../shared/kernel/random';
import type { UserId } from '../../../shared/kernel/ids';
import { checkRows } from '../../../shared/ops/doctor/check-rows';
import { guarded } from '../../../shared/ops/doctor/finding';
import { nameRow } from '../../../shared/store/ports/stored-rows';
import { tableShapes } from '../../../shared/store/tables/rows/table-stored-rows';
import { damages, fill } from '../memory/filled-tables';
import type { Entity } from '../memory/filled-tables';
import { makeDraw, makeNamedCase, userIdOf } from './make-case';
import type { Draw } from './make-case';
import { makeTabledTenant } from './tabled-tenant';
import type { Held } from './tabled-tenant';

type Tenant = ReturnType<typeof makeTabledTenant>;

/** Every table that has rows once users were licensed and operators have worked. */
export async function tablesWithRows(): Promise<readonly string[]> {
  const { table } = makeTabledTenant(makeNamedCase(makeDraw(seededRandom(1))));
  await fill(table);
  return table.tables.names().filter((name) => table.tables.rows(name).length > 0);
}

/**
 * What is wrong with what the product does when one row of this table is damaged or deleted in a generated tenant; empty:
 * nothing. What a user may hold is told by a twin of the tenant, whose tables nothing has happened to.
 */
export async function judgeDamage(name: string, seed: number): Promise<readonly string[]> {
  const draw = makeDraw(seededRandom(seed));
  const one = makeNamedCase(draw);
  const tenant = makeTabledTenant(one);
  await tenant.lookAtAll(1);
  await fill(tenant.table);
  const before = tenant.holdings();
  const { active } = await tenant.table.stores.policies.pointer();
  const { row, kind } = damageOne(tenant, name, draw);
  const problems: string[] = [];
  const wrong = (text: string) =>
    problems.push(`seed ${String(seed)}, ${kind} of ${nameRow({ table: name, ...row })}: ${text}`);

  tenant.table.restart();
  tenant.table.advance(60_000);
  const doctor = await askDoctor(tenant, name, row);
  const problem =
    name in tableShapes ? await tenant.table.stores.rows.problemOf({ table: name, ...row }) : null;
  if (typeof problem === 'string' && !doctor.includes(nameRow({ table: name, ...row }))) {
    wrong(`doctor does not name it: ${doctor}`);
  }
  // The policy of the file may be the only one that is stored: then it was the active one, and is again.
  const isPointer = name === 'policies' && row.partitionKey === 'pointer' && kind !== 'absurd numbers';
  if (isPointer && doctor === '' && (await tenant.table.stores.policies.pointer()).active !== active) {
    wrong('doctor does not say that the policy in force is lost');
  }

  const joiner = userIdOf(99);
  const model = draw.of([...one.users.keys()]);
  tenant.join(joiner, model);
  try {
    await tenant.lookAtAll(3);
  } catch (error) {
    wrong(`a message comes back: ${String(error)}`);
  }
  const twin = makeTabledTenant(one);
  twin.join(joiner, model);
  await twin.lookAtAll(1);
  for (const [user, held] of tenant.holdings()) {
    for (const text of losses(before.get(user), held)) wrong(`${user} lost ${text}`);
    for (const text of losses(held, twin.holdings().get(user))) wrong(`${user} got ${text}`);
  }
  return problems;
}

function damageOne(
  tenant: Tenant,
  name: string,
  draw: Draw,
): { readonly row: Entity; readonly kind: string } {
  const { tables } = tenant.table;
  const row = draw.of(tables.rows(name)) as Entity;
  const kind = draw.of(Object.keys(damages));
  const damaged = typeof row['json'] === 'string' ? damages[kind]?.(row) : scramble(row, kind);
  if (damaged) tables.put(name, damaged);
  else tables.delete(name, row);
  return { row, kind };
}

/** Of rows without JSON: every property but the keys says something else. */
function scramble(row: Entity, kind: string): Entity | null {
  if (kind === 'missing') return null;
  const { partitionKey, rowKey, ...rest } = row;
  return { partitionKey, rowKey, ...Object.fromEntries(Object.keys(rest).map((key) => [key, '{"v":99'])) };
}

/** What doctor says of rows and of the policy. Rows of histories are met when a person looks at them. */
async function askDoctor({ table }: Tenant, name: string, { partitionKey }: Entity): Promise<string> {
  const { stores } = table;
  const all = async (items: AsyncIterable<unknown>) => {
    for await (const _ of items);
  };
  if (name === 'users') await stores.users.timeline(partitionKey as UserId);
  if (name === 'rolloutMembers') await all(stores.rollouts.members('r1'));
  if (name === 'audit') await all(stores.audit.list());
  // A request for each hour: those of the tenant's life alone.
  if (name === 'times') await all(stores.times.list(table.now() - 24 * 3_600_000, table.now()));
  if (name === 'samples') await all(stores.samples.minutes.list());
  // What is noted is recorded beside the work that met it.
  await new Promise(setImmediate);
  const services = table.services();
  const findings = [
    ...(await guarded('rows', () => checkRows(services))),
    ...(await guarded('policy', async () => {
      await services.policy.current();
      return [];
    })),
  ];
  return findings
    .flatMap(({ state, text, todo }) => (state === 'ok' ? [] : [`${text} ${todo ?? ''}`]))
    .join('\n');
}

/** SKUs, and plans of SKUs, that `had` has and `has` has not. */
function losses(had: Held | undefined, has: Held | undefined): readonly string[] {
  return [...(had ?? new Map<never, never>())].flatMap(([skuId, on]) => {
    const still = has?.get(skuId);
    if (still === undefined) return [skuId];
    return [...on].filter((plan) => !still.has(plan)).map((plan) => `plan ${plan} of ${skuId}`);
  });
}
