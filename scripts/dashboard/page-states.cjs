// The states of the ops page beside the ordinary one, each brought about by what the browser is answered. The pictures
// and the browser tests go by them.

const api = '**/api/ops/v1/**';

/** Answers of the API from now on, for all of it or a part. */
const answer = (tab, path, status, body) =>
  tab.route(path, (route) =>
    route.fulfill({
      status,
      contentType: status < 400 ? 'application/json' : 'application/problem+json',
      json: body,
    }),
  );

const away = {
  type: 'about:blank',
  title: 'Not available now',
  status: 503,
  code: 'store/unreachable',
  detail: 'The tables do not answer.',
  hint: 'It is tried again by itself.',
  requestId: '3f0c2d1e-0000-4000-8000-000000000001',
};

/** Waits for what a view shows once it has its answers. */
async function settled(tab) {
  await tab.locator('h1').first().waitFor();
  await tab.locator('.skeleton').first().waitFor({ state: 'detached' });
}

/**
 * Each state: `path` it is shown at, `before` the view is opened, `after` it was opened. `tab` is a page of playwright.
 * @type {Readonly<Record<string, { path: string, before?: (tab: object) => Promise<unknown>, after?: (tab: object) => Promise<unknown> }>>}
 */
const states = {
  loading: {
    path: '',
    before: (tab) => tab.route('**/api/ops/v1/overview*', () => undefined),
    after: (tab) => tab.locator('.skeleton').first().waitFor(),
  },
  error: {
    path: 'failures',
    before: (tab) => answer(tab, '**/api/ops/v1/failures*', 503, away),
    after: (tab) => tab.locator('.problem').first().waitFor(),
  },
  stale: {
    path: '',
    after: async (tab) => {
      await settled(tab);
      await answer(tab, api, 503, away);
      await tab.clock.fastForward(240_000);
      await tab.locator('.stale-note').first().waitFor();
    },
  },
  'no-role': {
    path: '',
    before: (tab) =>
      tab.route('**/api/ops/v1/me', async (route) => {
        const found = await route.fetch();
        await route.fulfill({ response: found, json: { ...(await found.json()), roles: [] } });
      }),
    after: (tab) => tab.getByText('You may not see this yet').waitFor(),
  },
  'viewer-alone': {
    path: 'queue',
    before: (tab) =>
      tab.route('**/api/ops/v1/me', async (route) => {
        const found = await route.fetch();
        await route.fulfill({ response: found, json: { ...(await found.json()), roles: ['Viewer'] } });
      }),
    after: settled,
  },
  empty: {
    path: 'failures',
    before: (tab) =>
      answer(tab, '**/api/ops/v1/failures*', 200, {
        state: 'open',
        classes: [],
        total: 0,
        deadLetters: { listed: 0, total: 0 },
        skip: 0,
        entries: [],
        dismissed: { count: 3, oldestAt: new Date(Date.now() - 72_000_000).toISOString() },
        oldPauses: [],
        missing: [],
      }),
    after: settled,
  },
  dialog: {
    path: 'queue',
    after: async (tab) => {
      await settled(tab);
      await tab.getByRole('button', { name: 'Pause all writing…' }).click();
      await tab
        .getByRole('dialog')
        .getByLabel(/^Why\?/)
        .fill('INC-7: wrong licenses');
    },
  },
  'session-ended': {
    path: 'queue',
    after: async (tab) => {
      await settled(tab);
      await tab.clock.fastForward(3_700_000);
      await tab.getByText('Your session has ended').first().waitFor();
    },
  },
  keys: {
    path: 'runbook',
    after: async (tab) => {
      await settled(tab);
      await tab.keyboard.press('?');
      await tab.getByRole('dialog').waitFor();
    },
  },
};

module.exports = { settled, states };
