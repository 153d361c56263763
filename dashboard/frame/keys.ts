import { effect, signal } from '@preact/signals';
import { updatesPaused } from '../data/pace';
import { go } from './location';
import { viewList } from './view-list';

const storageKey = 'licenser.keys';
/** Single letters act only while they are on: https://www.w3.org/TR/WCAG21/#character-key-shortcuts */
export const keysOn = signal(localStorage.getItem(storageKey) !== 'off');
export const helpOpen = signal(false);

effect(() => localStorage.setItem(storageKey, keysOn.value ? 'on' : 'off'));

let afterG = false;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  );
}

/** `j` and `k` walk through the rows of the view, which are marked with `data-row`. */
function step(by: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>('main [data-row]')];
  const at = rows.findIndex((row) => row === document.activeElement || row.contains(document.activeElement));
  rows[Math.min(rows.length - 1, Math.max(0, at === -1 ? 0 : at + by))]?.focus();
}

function press(key: string): boolean {
  if (afterG) {
    afterG = false;
    const view = viewList.find(({ letter }) => letter === key);
    if (view === undefined) return false;
    go(view.patterns[0] ?? '/');
    return true;
  }
  switch (key) {
    case 'g':
      afterG = true;
      return true;
    case 'j':
      step(1);
      return true;
    case 'k':
      step(-1);
      return true;
    case 'p':
      updatesPaused.value = !updatesPaused.value;
      return true;
    case '?':
      helpOpen.value = true;
      return true;
    case '/': {
      const search = document.querySelector<HTMLInputElement>('input[type=search]');
      if (search === null) go('/users');
      else search.focus();
      return true;
    }
    default:
      return false;
  }
}

/** Listens once for the whole page. */
export function listenForKeys(): void {
  addEventListener('keydown', (event) => {
    if (!keysOn.value || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector('dialog[open]') !== null) return;
    if (press(event.key)) event.preventDefault();
  });
}
