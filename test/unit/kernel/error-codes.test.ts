import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { graphErrorFacts } from '../../../shared/graph/refusals/graph-error-classes';
import { errorCodes } from '../../../shared/kernel/error-codes';
import { policyFindings, ruleWarnings } from '../../../shared/kernel/error-codes/findings';
import { renderErrorsPage } from '../../support/pages/errors-page';
import { projectFolder, readProductSources } from '../../support/pages/product-sources';
import { reasonCodes } from '../../../shared/words/reason';

const page = join(projectFolder, 'docs/errors.md');
const lists = /^shared\/(kernel\/error-codes|words\/reason-codes)/;
const text = readProductSources()
  .filter(({ path }) => !lists.test(path))
  .map((source) => source.text)
  .join('\n');

/** Made of parts in the sources: `graph/` and a class, `guard/` and what is counted. */
const composed = [
  ...Object.keys(graphErrorFacts).map((errorClass) => `graph/${errorClass}`),
  'guard/changes',
  'guard/reductions',
];
const isUsed = (code: string) => composed.includes(code) || text.includes(`'${code}'`);

describe('the codes of errors and reasons', () => {
  it('are shown by docs/errors.md', () => {
    const wanted = renderErrorsPage();
    if (process.env['UPDATE_PAGES']) writeFileSync(page, wanted);
    expect(readFileSync(page, 'utf8')).toBe(wanted);
  });

  it('are all in use', () => {
    expect(Object.keys(errorCodes).filter((code) => !isUsed(code))).toEqual([]);
    expect(Object.keys(reasonCodes).filter((code) => !isUsed(code))).toEqual([]);
    expect(Object.keys({ ...policyFindings, ...ruleWarnings }).filter((code) => !isUsed(code))).toEqual([]);
  });

  it('each have a sentence', () => {
    for (const [code, meaning] of Object.entries({
      ...errorCodes,
      ...reasonCodes,
      ...policyFindings,
      ...ruleWarnings,
    })) {
      expect(`${code}: ${meaning}`).toMatch(/^[a-z-]+(\/[A-Za-z-]+)?: \S.{10,}\.$/);
    }
  });
});
