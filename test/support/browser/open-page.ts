import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { findLocalPerson } from '../../../local/identity/people';
import type { TestCloud } from '../local-cloud';
import { press } from './by-keyboard';

const executable = process.env['LICENSER_CHROMIUM'] ?? '/usr/bin/chromium';
export const desktop = { width: 1280, height: 720 };
export const phone = { width: 390, height: 844 };

/** Debian's Chromium; undefined where it is not installed, which is noted and fails with CI set. */
export async function startBrowser(): Promise<Browser | undefined> {
  if (existsSync(executable)) {
    return chromium.launch({ executablePath: executable, args: ['--no-sandbox'] });
  }
  const notes = process.env['LICENSER_NOT_TESTED'];
  if (notes !== undefined) {
    mkdirSync(notes, { recursive: true });
    writeFileSync(
      join(notes, 'browser'),
      `the ops page, for want of ${executable} (apt-get install chromium)`,
    );
  }
  return undefined;
}

export type OpenPage = {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the console and the page complained of, CSP violations among it; a story ends with none. */
  readonly complaints: readonly string[];
};

type OpenOptions = {
  readonly size?: { readonly width: number; readonly height: number };
  readonly scheme?: 'light' | 'dark';
  /** View to begin at, below `/api/ui/`. */
  readonly at?: string;
  /** The test moves the page's clock (`page.clock`); the app's goes on by itself. */
  readonly hasOwnClock?: boolean;
  /** By the Tab and Enter keys alone. */
  readonly byKeyboard?: boolean;
};

/** Opens the ops page of a cloud in a fresh profile and signs in as one of its people (local/identity/people.ts). */
export async function openPage(
  browser: Browser,
  cloud: TestCloud,
  person: string,
  options: OpenOptions = {},
): Promise<OpenPage> {
  const { size = desktop, scheme = 'light', at = '', hasOwnClock = false, byKeyboard = false } = options;
  const context = await browser.newContext({ viewport: size, colorScheme: scheme });
  // Only ends what hangs: a busy machine takes long to draw.
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  if (hasOwnClock) await page.clock.install();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()))
      complaints.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${cloud.cloud.file.functions.origin}/api/ui/${at}`);
  await signInAs(page, person, byKeyboard);
  return { page, context, complaints };
}

/** On the sign-in page of the local issuer. */
export async function signInAs(page: Page, person: string, byKeyboard = false): Promise<void> {
  const name = findLocalPerson(person)?.displayName ?? person;
  const link = page.getByRole('link', { name, exact: true });
  if (byKeyboard) await press(page, link);
  else await link.click();
  await page.getByRole('navigation', { name: 'Views' }).waitFor();
}

/** What is left when the browser's own notes on answers that did not come, or were refusals by an outage, are taken out. */
export function withoutOutage(complaints: readonly string[]): readonly string[] {
  return complaints.filter(
    (one) => !/ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|status of 50[0-9]/.test(one),
  );
}
