import type { InvocationContext } from '@azure/functions';
import { z } from 'zod';

/** What both kinds of message carry, whatever else is wrong with them. */
const Traced = z.object({ trace: z.object({ parent: z.string() }) });

/**
 * The trace that an invocation continues: the message's own, else the host's invocation, which the host names in
 * `traceContext` (https://learn.microsoft.com/azure/azure-functions/functions-reference-node#invocation-context).
 */
export function traceOf(
  context: InvocationContext,
  body?: unknown,
): { readonly parent?: string; readonly link?: string } {
  const invocation = context.traceContext?.traceParent;
  const message = Traced.safeParse(body).data?.trace.parent;
  const parent = message ?? invocation;
  return {
    ...(parent === undefined ? {} : { parent }),
    ...(invocation === undefined ? {} : { link: invocation }),
  };
}
