import { Option } from 'commander';
import { UserError } from '../../shared/kernel/errors';
import {
  repairStoredRows,
  restoreActive,
  restorePolicy,
  showUnreadableRows,
} from '../../shared/ops-api/routes/rows';
import { printJson, readTextFile } from '../io';
import { addExample } from '../options/add-example';
import { addOperatorOptions, optionalWhy } from '../options/operator-options';
import type { OperatorOptions } from '../options/operator-options';
import { jsonOption } from '../options/rule-options';
import type { DefineCommand } from '../program';
import { paint } from '../render/paint';
import { labeled } from '../render/wrap-text';
import { withOps } from '../target/ops-target';
import type { OpsClient } from '../target/ops-client';
import { addTargetOptions } from '../target/target';

type Options = OperatorOptions & {
  readonly all?: true;
  readonly policy?: string;
  readonly active?: string;
  readonly json?: true;
};

/** licenser repair [ROW...] | --all | --policy FILE | --active HASH; without any of them nothing is changed */
export const define: DefineCommand = (command, { io, exit }) => {
  command
    .argument('[row...]', 'TABLE/PARTITION/ROW, as this command lists them')
    .addOption(new Option('--all', 'every row that cannot be read'))
    .addOption(new Option('--policy <file>', 'store the text of a lost policy again'))
    .addOption(new Option('--active <hash>', 'say again which policy is active, after that row was lost'));
  addOperatorOptions(command, { why: 'optional' });
  addExample(
    addTargetOptions(command).addOption(jsonOption()),
    'repair',
    'repair --all --why "left by the version that was rolled back"',
    'repair --active 3f2a91c0 --as approver',
  );
  command.action(async (rows: string[], options: Options) => {
    const given = [rows.length > 0, options.all, options.policy, options.active].filter(Boolean).length;
    if (given > 1)
      throw new UserError('cli/usage', 'Give rows, --all, --policy or --active, one of the four');
    const done = await withOps(options, io, (ops) => act(ops, rows, options));
    if (options.json) printJson(io, done.facts);
    else io.print(done.text);
    if (!done.isWell) exit(1);
  });

  async function act(ops: OpsClient, rows: readonly string[], options: Options): Promise<Done> {
    const why = optionalWhy(options);
    if (options.policy !== undefined) {
      const text = await readTextFile(io, options.policy);
      const facts = await ops.call(restorePolicy, { text, file: options.policy, ...why });
      return { facts, text: `Stored again: ${facts.hash}.\n`, isWell: true };
    }
    if (options.active !== undefined) {
      const facts = await ops.call(restoreActive, { hash: options.active, ...why });
      return {
        facts,
        text: `Active again: ${facts.hash}. Users are decided by it from now on.\n`,
        isWell: true,
      };
    }
    if (rows.length === 0 && options.all === undefined) {
      const facts = await ops.call(showUnreadableRows, {});
      return { facts, text: renderUnreadable(facts), isWell: facts.length === 0 };
    }
    const selection = options.all ? { all: true as const } : { rows: [...rows] };
    const facts = await ops.call(repairStoredRows, { ...selection, ...why });
    const left = facts.left.map(({ row, why: reason }) => `${row}\n${labeled('left', reason)}\n`);
    const text = [`Put aside: ${String(facts.repaired.length)}.\n`, ...left].join('\n');
    return { facts, text, isWell: left.length === 0 };
  }
};

type Done = { readonly facts: unknown; readonly text: string; readonly isWell: boolean };

/** One paragraph a row. */
function renderUnreadable(
  rows: readonly { readonly row: string; readonly problem: string; readonly effect: string }[],
): string {
  if (rows.length === 0) return 'Every stored row can be read.\n';
  const paragraphs = rows.map(({ row, problem, effect }) =>
    [paint('bold', row), labeled('problem', problem), labeled('effect', effect)].join('\n'),
  );
  const todo = 'Put one aside: licenser repair ROW. All of them: licenser repair --all.';
  return `${[...paragraphs, todo].join('\n\n')}\n`;
}
