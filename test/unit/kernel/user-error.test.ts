import { describe, expect, it } from '@jest/globals';
import { UserError as ProductError } from '../../../shared/kernel/errors';
import { RuleError } from '../../../shared/policy/rule/syntax/rule-error';
import { AppError, UserError } from '../../../packages/emulator-kit/src/errors';

const own = new UserError('local/port-busy', 'Port 1 is in use', { hint: 'Take another.' });

describe('a user error of another copy of the class', () => {
  it('is one for the product, with its hint', () => {
    const thrown: unknown = own;

    expect(thrown instanceof ProductError && thrown.hint).toBe('Take another.');
  });

  it('is one for the kit', () => {
    expect(new ProductError('cli/unreadable', 'x')).toBeInstanceOf(UserError);
  });

  it.each([
    ['another error of the kit', new AppError('local/not-started', 'x')],
    ['a plain error of that name', Object.assign(new Error('x'), { name: 'UserError', hint: 'y' })],
    ['nothing', undefined],
  ])('is not %s', (_what, thrown) => {
    expect(thrown instanceof ProductError).toBe(false);
    expect(thrown instanceof UserError).toBe(false);
  });

  it('is no instance of a subclass', () => {
    expect(own instanceof RuleError).toBe(false);
  });

  it('shows no mark when it is printed', () => {
    expect(Object.getOwnPropertySymbols(own)).toEqual([]);
  });
});
