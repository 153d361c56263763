import { describe, expect, it } from '@jest/globals';
import { rememberDomain } from '../../../../shared/ops/overview/remember-domain';
import { ManualClock } from '../../../support/manual-clock';

const second = 1_000;
const minute = 60 * second;
const day = 24 * 60 * minute;

/** `answers`: what Graph says, one after another; an error: it refuses. */
function remembered(...answers: readonly (string | Error | Promise<string>)[]) {
  const clock = new ManualClock();
  let reads = 0;
  const defaultDomain = async () => {
    const answer = answers[reads++];
    if (answer instanceof Error) throw answer;
    return answer === undefined ? null : answer;
  };
  return { clock, domain: rememberDomain({ defaultDomain }, clock), reads: () => reads };
}

describe('the domain of the tenant', () => {
  it('is asked for once a day, however often it is shown', async () => {
    const { clock, domain, reads } = remembered('contoso.com', 'fabrikam.com');

    expect(await Promise.all([domain(), domain()])).toEqual(['contoso.com', 'contoso.com']);
    clock.advance(day - 1);
    expect([await domain(), reads()]).toEqual(['contoso.com', 1]);
    clock.advance(1);
    expect([await domain(), reads()]).toEqual(['fabrikam.com', 2]);
  });

  it('is not known while Graph refuses, and asked for again after a minute', async () => {
    const { clock, domain, reads } = remembered(new Error('503'), 'contoso.com');

    expect([await domain(), await domain(), reads()]).toEqual([null, null, 1]);
    clock.advance(minute);
    expect([await domain(), reads()]).toEqual(['contoso.com', 2]);
  });

  it('stays what it was when Graph refuses later', async () => {
    const { clock, domain } = remembered('contoso.com', new Error('503'));

    await domain();
    clock.advance(day);
    expect(await domain()).toBe('contoso.com');
  });

  it('is waited for a second at most, once, and shown as soon as it came', async () => {
    let say: (domain: string) => void = () => undefined;
    const { clock, domain, reads } = remembered(new Promise<string>((resolve) => (say = resolve)));

    const first = domain();
    clock.advance(second);
    expect(await first).toBeNull();
    expect([await domain(), reads()]).toEqual([null, 1]);
    say('contoso.com');
    await new Promise(setImmediate);
    expect([await domain(), reads()]).toEqual(['contoso.com', 1]);
  });
});
