import { Option } from 'commander';
import { signInLocally } from '../../../local/identity/sign-in';
import { addExample } from '../../options/add-example';
import { wholeNumber } from '../../options/number-option';
import { jsonOption } from '../../options/rule-options';
import { printJson } from '../../io';
import type { DefineCommand } from '../../program';
import { cloudFileOption, readLocalCloud } from '../../target/target';
import type { TargetOptions } from '../../target/target';

type Options = Pick<TargetOptions, 'cloudFile'> & {
  readonly as: string;
  readonly lifetime?: number;
  readonly json?: true;
};

/** licenser local token --as PERSON */
export const define: DefineCommand = (command, { io }) => {
  command
    .addOption(
      new Option('--as <person>', 'viewer, operator, operator2, approver or approver2').makeOptionMandatory(),
    )
    .addOption(
      new Option('--lifetime <seconds>', 'of the token (default: an hour)').argParser(wholeNumber(1, 3_600)),
    )
    .addOption(cloudFileOption())
    .addOption(jsonOption());
  addExample(command, 'local token --as operator', 'local token --as approver --lifetime 60 --json');
  command.action(async ({ as: person, lifetime, json, ...options }: Options) => {
    const token = await signInLocally(readLocalCloud(options), person, lifetime);
    if (json) printJson(io, token);
    else io.print(`${token.token}\n`);
  });
};
