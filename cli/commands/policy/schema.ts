import { policyJsonSchema } from '../../../shared/policy/file/policy-json-schema';
import { printJson } from '../../io';
import type { DefineCommand } from '../../program';
import { jsonOption } from '../../options/rule-options';

/** licenser policy schema */
export const define: DefineCommand = (command, { io }) => {
  command.addOption(jsonOption()).action(() => {
    printJson(io, policyJsonSchema());
  });
};
