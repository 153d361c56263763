import { z } from 'zod';
import { UserError } from '../../shared/kernel/errors';
import { readJsonFile } from '../io';
import type { Io } from '../io';

export type RuleEntry = { readonly id?: string | number; readonly rule: string };

const RuleList = z.array(
  z.union([
    z.string().transform((rule): RuleEntry => ({ rule })),
    z
      .object({ id: z.union([z.string(), z.number()]).optional(), rule: z.string() })
      .transform(({ id, rule }): RuleEntry => (id === undefined ? { rule } : { id, rule })),
  ]),
);

/**
 * A file of rules: a JSON array of strings or of `{ id, rule }`.
 * @throws UserError
 */
export async function readRules(io: Io, path: string): Promise<RuleEntry[]> {
  const parsed = RuleList.safeParse(await readJsonFile(io, path));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place =
    issue === undefined || issue.path.length === 0 ? '' : `; entry ${issue.path.join('.')} is neither`;
  throw new UserError('cli/rules-file', `${path} is no list of rules${place}`, {
    hint: 'A JSON array of strings, or of { "id": …, "rule": "…" }.',
  });
}
