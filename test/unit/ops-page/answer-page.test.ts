import { describe, expect, it } from '@jest/globals';
import { answerPage } from '../../../shared/ops-page/answer-page';
import type { PageSettings } from '../../../shared/ops-page/answer-page';
import type { Page } from '../../../shared/ops-page/read-page';

const bytes = (text: string) => new TextEncoder().encode(text);
const page: Page = {
  html: '<meta name="licenser" content="%SETTINGS%" /><div id="page"></div>',
  assets: new Map([
    [
      'page-AB12.js',
      {
        contentType: 'text/javascript; charset=utf-8',
        bytes: { br: bytes('b'), gzip: bytes('gz'), identity: bytes('identity') },
      },
    ],
  ]),
};
const settings: PageSettings = {
  authority: 'https://login.microsoftonline.com',
  tenantId: 't',
  clientId: 'c',
  isLocal: false,
};
const ask = (path: string, acceptEncoding = '', given: PageSettings | null = settings) =>
  answerPage(page, given, { path, acceptEncoding });

describe('the files of the ops page', () => {
  it.each(['', 'failures/class/seats', 'users/0be7a700', 'runbook/graph%2Frefuses'])(
    'are the page itself for the view %p',
    (path) => {
      const { status, headers, body } = ask(path);

      expect([status, headers['content-type'], headers['cache-control']]).toEqual([
        200,
        'text/html; charset=utf-8',
        'no-cache',
      ]);
      expect(body).toContain('login.microsoftonline.com');
    },
  );

  it('are kept for a year when their name holds their hash, in the smallest form that the browser takes', () => {
    const encodingOf = (accept: string) => ask('assets/page-AB12.js', accept).headers['content-encoding'];

    expect(ask('assets/page-AB12.js').headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/javascript; charset=utf-8',
      vary: 'accept-encoding',
    });
    expect(['gzip, deflate, br, zstd', 'gzip;q=0.5', '', 'deflate'].map(encodingOf)).toEqual([
      'br',
      'gzip',
      undefined,
      undefined,
    ]);
  });

  it.each(['assets/page-OLD.js', 'assets/../read-page.js', 'assets/'])('are not there: %s', (path) => {
    const { status, headers } = ask(path);

    expect([status === 404 || headers['content-type']?.startsWith('text/html')]).toEqual([true]);
    expect(headers['cache-control']).not.toContain('immutable');
  });

  it('may load and run only themselves, and speak only with the app and with who signs people in', () => {
    const policy = ask('').headers['content-security-policy'] ?? '';

    expect(policy.split('; ')).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self' https://login.microsoftonline.com",
        "frame-ancestors 'none'",
        "form-action 'none'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
      ]),
    );
    expect(policy).not.toMatch(/unsafe|\*/);
  });

  it('say that sign-in is not configured, and speak with the app alone then', () => {
    const { body, headers } = ask('', '', null);

    expect(body).toContain('content="null"');
    expect(headers['content-security-policy']).toContain("connect-src 'self';");
  });

  it('keep a setting that carries markup within its attribute', () => {
    const { body } = ask('', '', { ...settings, clientId: '"><script>alert(1)</script>$&' });

    expect(body).not.toContain('<script>');
    expect(String(body).split('content=')).toHaveLength(2);
  });
});
