import { z } from 'zod';
import { PolicyFile } from './policy-schema';

/** JSON Schema (draft 2020-12) of the policy file, for completion and checks in editors. */
export function policyJsonSchema(): Readonly<Record<string, unknown>> {
  return {
    title: 'Licensing policy',
    ...z.toJSONSchema(PolicyFile, { io: 'input', target: 'draft-2020-12' }),
  };
}
