import { Argument } from 'commander';
import { addExample } from '../options/add-example';
import { readCompletionTree } from '../completion/completion-tree';
import { printJson } from '../io';
import { buildTree } from '../program';
import type { DefineCommand } from '../program';
import { renderBashCompletion, renderZshCompletion } from '../completion/render-completion';
import { jsonOption } from '../options/rule-options';

/** licenser completion bash|zsh */
export const define: DefineCommand = (command, context) => {
  command
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh']))
    .addOption(jsonOption());
  addExample(command, 'completion bash >> ~/.bashrc', 'completion zsh > "${fpath[1]}/_licenser"');
  command.action((shell: 'bash' | 'zsh', options: { json?: true }) => {
    const tree = readCompletionTree(buildTree(context));
    if (options.json) printJson(context.io, tree);
    else context.io.print(shell === 'bash' ? renderBashCompletion(tree) : renderZshCompletion(tree));
  });
};
