import type { ComponentChildren } from 'preact';
import { base } from '../session/settings';
import { go } from './location';

type LinkProps = {
  /** Below the page, such as `/failures`. */
  readonly to: string;
  readonly children: ComponentChildren;
  readonly class?: string;
  readonly label?: string;
  readonly isCurrent?: boolean;
};

/** A real link: it opens in a new tab as links do, and a plain click stays in the page. */
export function Link({ to, children, class: className, label, isCurrent }: LinkProps) {
  return (
    <a
      href={`${base}${to.replace(/^\//, '')}`}
      class={className}
      aria-label={label}
      aria-current={isCurrent ? 'page' : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
        event.preventDefault();
        go(to);
      }}
    >
      {children}
    </a>
  );
}
