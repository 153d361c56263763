import { useEffect, useRef } from 'preact/hooks';
import { helpOpen, keysOn } from './keys';
import { viewList } from './view-list';

/** What the keys do; opened by `?`. */
export function HelpDialog() {
  return helpOpen.value ? <OpenHelp /> : null;
}

function OpenHelp() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const close = () => (helpOpen.value = false);
  const keys = [
    ['/', 'search'],
    ...viewList.flatMap(({ letter, title }) => (letter === undefined ? [] : [[`g ${letter}`, title]])),
    ['j, k', 'next, previous row'],
    ['x', 'select the row'],
    ['Enter', 'open the row'],
    ['p', 'pause updates, and go on'],
    ['?', 'this list'],
  ];
  return (
    <dialog ref={dialog} aria-labelledby="help-title" onCancel={close}>
      <h2 id="help-title">Keys</h2>
      <dl class="keys">
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={keysOn.value}
          onChange={(event) => (keysOn.value = event.currentTarget.checked)}
        />
        Use these keys
      </label>
      <div class="buttons">
        <button type="button" class="primary" onClick={close}>
          Close
        </button>
      </div>
    </dialog>
  );
}
