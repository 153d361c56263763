// Brings the package to the app, and waits until the app says that it is well.
import { AzureRefused, tryAz } from './az.mjs';

/** Rights that were granted a minute ago are not in force everywhere yet: the upload is refused until they are. */
const isTooEarly = (text) =>
  /\b403\b|Forbidden|AuthorizationPermissionMismatch|BlobUploadFailed|AuthorizationFailed/i.test(text);

/**
 * @param {{ group: string, app: string, zip: string, pauseMs: number, tries: number, say: (text: string) => void,
 *   sleep: (ms: number) => Promise<void> }} options
 * @throws {AzureRefused} it was refused for another reason, or `tries` times
 */
export async function publish({ group, app, zip, pauseMs, tries, say, sleep }) {
  for (let attempt = 1; ; attempt++) {
    const { ok, stderr } = tryAz([
      ...['functionapp', 'deployment', 'source', 'config-zip'],
      ...['--resource-group', group],
      ...['--name', app],
      ...['--src', zip],
      ...['--output', 'none'],
    ]);
    if (ok) return;
    if (!isTooEarly(stderr) || attempt === tries) {
      throw new AzureRefused(`The package was not taken: ${stderr}`);
    }
    say(`  rights are not in force yet; trying again in ${pauseMs / 1_000} s (${attempt} of ${tries})`);
    await sleep(pauseMs);
  }
}

/**
 * Waits until the app has followed changes of users once: before that, doctor rightly says that no user is found. Ends after
 * `tries` looks in any case.
 */
export async function waitForFirstRound({ url, pauseMs, tries, say, sleep }) {
  for (let attempt = 1; attempt <= tries; attempt++) {
    if ((await readPosition(url)) !== null) return;
    say(
      `  changes of users are not followed yet; looking again in ${pauseMs / 1_000} s (${attempt} of ${tries})`,
    );
    await sleep(pauseMs);
  }
}

/** When a round last worked; null: none has yet; undefined: the app does not tell. */
async function readPosition(url) {
  try {
    const answer = await globalThis.fetch(`${url}/api/health`, {
      signal: globalThis.AbortSignal.timeout(60_000),
    });
    return (await answer.json()).deltaPositionAt;
  } catch {
    return undefined;
  }
}

/**
 * @returns {Promise<string>} what the health function says
 * @throws {AzureRefused} not well after `tries` looks; the message carries its last answer
 */
export async function waitUntilHealthy({ url, pauseMs, tries, say, sleep }) {
  let last = 'no answer';
  for (let attempt = 1; attempt <= tries; attempt++) {
    try {
      const answer = await globalThis.fetch(`${url}/api/health`, {
        signal: globalThis.AbortSignal.timeout(60_000),
      });
      const text = await answer.text();
      last = `${answer.status} ${text}`;
      if (answer.ok) return text;
    } catch (error) {
      last = error.cause?.code ?? error.name;
    }
    say(
      `  not well yet (${last.slice(0, 200)}); looking again in ${pauseMs / 1_000} s (${attempt} of ${tries})`,
    );
    await sleep(pauseMs);
  }
  throw new AzureRefused(`${url}/api/health is not well: ${last}`);
}
