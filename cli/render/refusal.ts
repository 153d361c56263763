import { UserError } from '../../shared/kernel/errors';
import type { CommandContext } from '../program';

/**
 * What a rollout may not do now is no wrong usage: it is said, and the command ends with 1.
 * Everything else is thrown on.
 */
export async function reportRefusal<Result>(
  { io, exit }: CommandContext,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError) || !/^(rollout|policy)\//.test(String(error.code))) throw error;
    io.complain(`refused: ${error.message}\n${error.hint === undefined ? '' : `  ${error.hint}\n`}`);
    exit(1);
    return undefined;
  }
}
