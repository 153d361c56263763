import './style/tokens.css';
import './style/base.css';
import './style/frame.css';
import './style/boxes.css';
import './style/notes.css';
import './style/forms.css';
import './style/tables.css';
import './style/charts.css';
import './style/views.css';
import { effect } from '@preact/signals';
import { render } from 'preact';
import { restoreDraft } from './act/ask';
import { forgetAnswers } from './api/client';
import { App, readMe } from './frame/app';
import { listenForKeys } from './frame/keys';
import { followAddress } from './frame/location';
import { me } from './session/me';
import { signedIn, startSession } from './session/session';

async function start(): Promise<void> {
  const place = document.getElementById('page');
  if (place === null) throw new Error('The page has no place to draw in');
  await startSession();
  followAddress();
  render(<App />, place);
  listenForKeys();
  restoreDraft();
  effect(() => {
    if (signedIn.value === null) {
      me.value = null;
      forgetAnswers();
    } else void readMe();
  });
}

void start();
