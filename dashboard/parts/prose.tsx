import { onPage } from './commands-on-page';

/**
 * A sentence of the product in which backticks mark what is typed. Where it names a command that the page stands for, the
 * place on the page is named.
 */
export function Prose({ text }: { readonly text: string }) {
  return (
    <>
      {onPage(text)
        .split('`')
        .map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}
    </>
  );
}
