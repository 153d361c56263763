#!/usr/bin/env node
// Photographs every view and state of the ops page of a cloud that runs (npm start, npm run dev), to look at the pictures.
//   npm run photograph [-- --out FOLDER] [--as PERSON] [--only NAME]...     default: .build/pictures, operator, all
//   --readme: takes the two pictures of the README alone, into docs/images
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { settled, states } from './page-states.cjs';
import { fixedViews, foundViews } from './page-views.cjs';
import { bringAboutRollout } from './photographed-world.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, '.build', 'pictures') },
    as: { type: 'string', default: 'operator' },
    cloud: { type: 'string', default: join(root, '.licenser', 'local.json') },
    only: { type: 'string', multiple: true, default: [] },
    readme: { type: 'boolean', default: false },
  },
});

const sizes = { wide: { width: 1280, height: 720 }, narrow: { width: 390, height: 844 } };

if (!existsSync(values.cloud)) {
  process.stderr.write('photograph: no cloud runs here. Start one in another terminal: npm start\n');
  process.exit(1);
}
const { functions } = JSON.parse(readFileSync(values.cloud, 'utf8'));
const page = `${functions.origin}/api/ui/`;
const isWanted = (name) => values.only.length === 0 || values.only.includes(name);

/** A tab that is signed in. */
async function openTab(browser, colorScheme, viewport) {
  const context = await browser.newContext({ colorScheme, viewport });
  const tab = await context.newPage();
  await tab.clock.install();
  // The sign-in page offers links; the one of this person carries its name as a hint.
  await tab.goto(page);
  await tab.locator(`a[href*="login_hint=${values.as}"]`).first().click();
  await tab.getByRole('navigation', { name: 'Views' }).waitFor();
  return tab;
}

/** Paths of views of one thing that is there: where the links of the lists lead. */
async function findViews(tab) {
  const found = {};
  for (const [name, { at, link }] of Object.entries(foundViews)) {
    await tab.goto(`${page}${at}`);
    await settled(tab);
    const target = tab.locator(`main ${link}`).first();
    if ((await target.count()) === 0) {
      process.stderr.write(`photograph: there is no ${name} to show\n`);
      process.exitCode = 1;
    } else found[name] = (await target.getAttribute('href')).replace('/api/ui/', '');
  }
  return found;
}

async function take(tab, file, fullPage) {
  await tab.screenshot({ path: file, fullPage });
  process.stdout.write(`${file}\n`);
}

/** The README shows a cloud as a new user sees it. */
const putBack = values.readme ? async () => undefined : await bringAboutRollout(root, values.cloud);
const browser = await chromium.launch({
  executablePath: process.env['LICENSER_CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  for (const colorScheme of ['light', 'dark']) {
    if (values.readme) {
      const tab = await openTab(browser, colorScheme, sizes.wide);
      await tab.locator('.causes').or(tab.locator('.verdict')).first().waitFor();
      await settled(tab);
      await take(tab, join(root, 'docs', 'images', `ops-page-${colorScheme}.png`), false);
      await tab.context().close();
      continue;
    }
    mkdirSync(values.out, { recursive: true });
    for (const [size, viewport] of Object.entries(sizes)) {
      const tab = await openTab(browser, colorScheme, viewport);
      const file = (name) => join(values.out, `${name}-${size}-${colorScheme}.png`);
      for (const [name, path] of Object.entries({ ...fixedViews, ...(await findViews(tab)) })) {
        if (!isWanted(name)) continue;
        await tab.goto(`${page}${path}`);
        await settled(tab);
        await take(tab, file(name), true);
      }
      await tab.context().close();
      for (const [name, { path, before, after }] of Object.entries(states)) {
        if (!isWanted(name)) continue;
        const own = await openTab(browser, colorScheme, viewport);
        await before?.(own);
        await own.goto(`${page}${path}`);
        await after?.(own);
        await take(own, file(name), false);
        await own.context().close();
      }
    }
  }
} finally {
  await browser.close();
  await putBack();
}
