import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { UserError } from '../kernel/errors';
import { answerPage } from '../ops-page/answer-page';
import type { PageSettings } from '../ops-page/answer-page';
import { findPageFolder, readPage } from '../ops-page/read-page';
import type { Page } from '../ops-page/read-page';

const notBuilt: HttpResponseInit = {
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'The ops page is not part of this app. Build it: npm run build.\n',
};

/**
 * HTTP edge of the ops page. `readSettings`: of the app; wrong ones are for the log, and the page then says that
 * sign-in is not configured.
 */
export function makePageTrigger(readSettings: () => PageSettings | null) {
  let page: Page | undefined;
  return async (request: HttpRequest): Promise<HttpResponseInit> => {
    const folder = page === undefined ? findPageFolder() : undefined;
    if (folder !== undefined) page = readPage(folder);
    if (page === undefined) return notBuilt;
    return answerPage(page, settingsOrNull(readSettings), {
      path: request.params['path'] ?? '',
      acceptEncoding: request.headers.get('accept-encoding') ?? '',
    });
  };
}

function settingsOrNull(read: () => PageSettings | null): PageSettings | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}
