import type { Candidate, CompletionTree } from './completion-tree';

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
const inner = ({ nodes }: CompletionTree) =>
  nodes
    .filter(({ path }) => path !== '')
    .map(({ path }) => quote(` ${path}`))
    .join('|');

/** A script for bash: `source <(licenser completion bash)`. */
export function renderBashCompletion(tree: CompletionTree): string {
  const words = (candidates: readonly Candidate[]) => quote(candidates.map(({ word }) => word).join(' '));
  return `# bash completion for licenser
_licenser() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" typed='' words='' index
  case "$previous" in
${tree.choices.map(({ flag, values }) => `    ${flag}) COMPREPLY=($(compgen -W ${quote(values.join(' '))} -- "$current")); return ;;`).join('\n')}
  esac
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "$typed \${COMP_WORDS[index]}" in
      ${inner(tree)}) typed="$typed \${COMP_WORDS[index]}" ;;
    esac
  done
  case "$typed" in
${tree.nodes.map(({ path, candidates }) => `    ${path === '' ? "''" : quote(` ${path}`)}) words=${words(candidates)} ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _licenser licenser
`;
}

/** A script for zsh: `source <(licenser completion zsh)`, or a file _licenser in $fpath. */
export function renderZshCompletion(tree: CompletionTree): string {
  const items = (candidates: readonly Candidate[]) =>
    candidates.map(({ word, summary }) => quote(`${word.replaceAll(':', '\\:')}:${summary}`)).join(' ');
  return `#compdef licenser
# zsh completion for licenser
_licenser() {
  local typed='' word
  local -a items
  case "\${words[CURRENT-1]}" in
${tree.choices.map(({ flag, values }) => `    ${flag}) compadd -- ${values.join(' ')}; return ;;`).join('\n')}
  esac
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$typed $word" in
      ${inner(tree)}) typed="$typed $word" ;;
    esac
  done
  case "$typed" in
${tree.nodes.map(({ path, candidates }) => `    ${path === '' ? "''" : quote(` ${path}`)}) items=(${items(candidates)}) ;;`).join('\n')}
  esac
  _describe 'licenser' items || _files
}
compdef _licenser licenser
`;
}
