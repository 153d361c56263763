import { Option } from 'commander';
import { UserError } from '../../../shared/kernel/errors';
import { formatPolicy } from '../../../shared/policy/file/format-policy';
import { printJson, readTextFile } from '../../io';
import { addExample } from '../../options/add-example';
import { jsonOption } from '../../options/rule-options';
import type { DefineCommand } from '../../program';
import { renderProblems } from '../../render/render-problems';
import { rewriteFile } from '../../rewrite-file';

type Options = { readonly check?: true; readonly write?: true; readonly json?: true };

/** licenser policy format FILE [--check|--write] */
export const define: DefineCommand = (command, { io, exit }) => {
  command
    .argument('<file>', 'a policy file, - for standard input')
    .addOption(
      new Option('--check', 'change nothing; exit code 1 when something would change').conflicts('write'),
    )
    .addOption(new Option('--write', 'write the file; else the policy is printed'))
    .addOption(jsonOption());
  addExample(command, 'policy format policy/licensing.yaml --check', 'policy format draft.yaml --write');
  command.action(async (file: string, options: Options) => {
    if (options.write && file === '-') {
      throw new UserError('cli/usage', 'Standard input cannot be written', { hint: 'Leave out --write.' });
    }
    const text = await readTextFile(io, file);
    const formatted = formatPolicy(text, file);
    if (formatted.kind === 'invalid') {
      if (options.json) printJson(io, { file, valid: false, problems: formatted.problems });
      else io.complain(renderProblems(formatted.problems));
      exit(1);
      return;
    }
    const { changes, isOtherHash } = formatted;
    const isChanged = changes.length > 0;
    if (options.write && isChanged) await rewriteFile(file, formatted.text);
    if (options.check && isChanged) exit(1);
    if (options.json) {
      const isPrinted = !options.check && !options.write;
      printJson(io, {
        file,
        valid: true,
        changes,
        isOtherHash,
        ...(isPrinted ? { text: formatted.text } : {}),
      });
      return;
    }
    const list = changes
      .map(({ line, column, from, to }) => `${file}:${String(line)}:${String(column)}: ${from} is ${to}\n`)
      .join('');
    if (!options.check && !options.write) io.print(formatted.text);
    else io.print(isChanged ? list : `${file}: nothing to change\n`);
    if (isOtherHash) {
      io.complain(
        'An id became a name, or a name changed its case: for the app this is another policy. It comes into force with `licenser policy activate`.\n',
      );
    }
  });
};
