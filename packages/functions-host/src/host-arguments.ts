import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UserError } from '../../emulator-kit/src/errors';
import { insistOnPort } from '../../emulator-kit/src/free-port';
import { parseCounts } from './instances/plan-instances';

function parsePort(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : NaN;
  if (port <= 65_535) return port;
  throw new UserError('functions-host/bad-port', `"${text}" is not a port`, {
    hint: 'Ports go from 0 to 65535.',
  });
}

export type HostArguments = {
  readonly appRoot: string;
  readonly port: number;
  readonly group: string | undefined;
  readonly without: readonly string[];
  /** How many processes a group has, by its short name; undefined: everything in this process. */
  readonly counts: ReadonlyMap<string, number> | undefined;
  /** Also the groups that `counts` does not name have processes of their own. */
  readonly isEachAlone: boolean;
  readonly settings: string | undefined;
};

/**
 * What process.argv asks for; undefined: only help.
 * @throws UserError, or an ERR_PARSE_ARGS error of Node.js, for anything that is not an argument of the host
 */
export async function readArguments(): Promise<HostArguments | undefined> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      'app-root': { type: 'string' },
      settings: { type: 'string' },
      'like-flex': { type: 'boolean', default: false },
      instances: { type: 'string' },
      group: { type: 'string' },
      without: { type: 'string', default: '' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return undefined;
  const isFlex = values['like-flex'] || values.instances !== undefined;
  const without = values.without.split(',').filter((group) => group !== '');
  if (isFlex && (values.group !== undefined || without.length > 0)) {
    throw new UserError('functions-host/bad-instances', '--group and --without are for one process', {
      hint: 'Give them without --like-flex and --instances.',
    });
  }
  return {
    appRoot: resolve(values['app-root'] ?? '.'),
    port: values.port === undefined ? 0 : await insistOnPort(parsePort(values.port), '--port'),
    group: values.group,
    without,
    isEachAlone: values['like-flex'],
    counts: isFlex ? parseCounts(values.instances ?? '') : undefined,
    settings: values.settings === undefined ? undefined : resolve(values.settings),
  };
}
