#!/usr/bin/env node
// Photographs every view of the ops page of a cloud that runs (npm start, npm run dev), to look at the pictures.
//   npm run photograph [-- --out FOLDER] [--as PERSON]     default: .build/pictures, operator
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, '.build', 'pictures') },
    as: { type: 'string', default: 'operator' },
    cloud: { type: 'string', default: join(root, '.licenser', 'local.json') },
  },
});
const views = {
  overview: '',
  queue: 'queue',
  messages: 'queue/directory-changes/active',
  'dead-letters': 'queue/directory-changes/dead',
  failures: 'failures',
  'failures-of-a-class': 'failures/class/seats',
  'failures-dismissed': 'failures?state=dismissed',
  users: 'users',
  seats: 'seats',
  rollouts: 'rollouts',
  policy: 'policy',
  audit: 'audit',
  runbook: 'runbook/seats%2Fout',
  'no-such-view': 'nowhere',
};
const sizes = { wide: { width: 1280, height: 720 }, narrow: { width: 390, height: 844 } };

if (!existsSync(values.cloud)) {
  process.stderr.write('photograph: no cloud runs here. Start one in another terminal: npm start\n');
  process.exit(1);
}
const { functions } = JSON.parse(readFileSync(values.cloud, 'utf8'));
const page = `${functions.origin}/api/ui/`;
mkdirSync(values.out, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env['LICENSER_CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  for (const colorScheme of ['light', 'dark']) {
    const context = await browser.newContext({ colorScheme });
    const tab = await context.newPage();
    // The sign-in page offers links; the one of this person carries its name as a hint.
    await tab.goto(page);
    await tab.locator(`a[href*="login_hint=${values.as}"]`).first().click();
    await tab.getByRole('navigation', { name: 'Views' }).waitFor();
    for (const [size, viewport] of Object.entries(sizes)) {
      await tab.setViewportSize(viewport);
      for (const [name, path] of Object.entries(views)) {
        await tab.goto(`${page}${path}`);
        await tab.locator('h1').first().waitFor();
        await tab.locator('.skeleton').first().waitFor({ state: 'detached' });
        const file = join(values.out, `${name}-${size}-${colorScheme}.png`);
        await tab.screenshot({ path: file, fullPage: size === 'narrow' });
        process.stdout.write(`${file}\n`);
      }
    }
    await context.close();
  }
} finally {
  await browser.close();
}
