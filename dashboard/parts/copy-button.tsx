import { say } from './toast';

/** Puts a text on the clipboard, to be sent to who can help. */
export function CopyButton({ text }: { readonly text: string }) {
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => say('Copied.'),
      () => say('The browser does not let it be copied: mark the text and copy it by hand.'),
    );
  return (
    <button type="button" class="link" onClick={() => void copy()}>
      Copy
    </button>
  );
}
