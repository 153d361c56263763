import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { renderRowMachine } from '../../../support/row-table';

const page = join(__dirname, '../../../../docs/architecture.md');
const begin = '<!-- The row machine: written by UPDATE_PAGES=1 npm run test:unit -- architecture -->';
const end = '<!-- end of the row machine -->';

describe('docs/architecture.md', () => {
  it('shows the row machine as it is', () => {
    const text = readFileSync(page, 'utf8');
    const [head = '', rest = ''] = text.split(begin);
    const wanted = `${head}${begin}\n\n${renderRowMachine()}\n\n${end}${rest.split(end)[1] ?? ''}`;
    if (process.env['UPDATE_PAGES']) writeFileSync(page, wanted);
    expect(readFileSync(page, 'utf8')).toBe(wanted);
  });
});
