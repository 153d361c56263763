import { useLayoutEffect, useRef } from 'preact/hooks';
import type { RefObject } from 'preact';

/** What an element of one time has in common with the one that stands for it later. */
type Control = { readonly tag: string; readonly text: string };

/**
 * The focus of a part whose content goes while the next is read, such as a page of a list with its pager: it waits in the
 * part's own box, which takes the answer as its `ref`, and goes to the same control of the new content, else to the first of
 * its pager. A person who went elsewhere meanwhile stays there.
 */
export function useKeptFocus(isThere: boolean): RefObject<HTMLDivElement | null> {
  const box = useRef<HTMLDivElement>(null);
  const left = useRef<Control | undefined>(undefined);
  // What is drawn anew now is still in the document, and gone when an effect runs.
  const active = document.activeElement;
  const wasInside = box.current?.contains(active) ?? false;
  if (!isThere && wasInside && active instanceof HTMLElement && active !== box.current)
    left.current ??= { tag: active.tagName, text: active.textContent ?? '' };
  useLayoutEffect(() => {
    const own = box.current;
    const control = left.current;
    if (own === null || control === undefined) return;
    if (!isThere) {
      own.tabIndex = -1;
      own.focus({ preventScroll: true });
      return;
    }
    left.current = undefined;
    const next = wasInside ? findLike(own, control) : undefined;
    next?.focus();
    // Where there is nothing to go to, the box keeps the focus, and Tab goes on from there.
    if (!wasInside || next !== undefined) own.removeAttribute('tabindex');
  }, [isThere]);
  return box;
}

function findLike(own: HTMLElement, { tag, text }: Control): HTMLElement | undefined {
  const same = [...own.querySelectorAll<HTMLElement>(tag)].find(({ textContent }) => textContent === text);
  return same ?? own.querySelector<HTMLElement>('.pager button') ?? undefined;
}
