import { describe, expect, it } from '@jest/globals';
import type { Io } from '../../../../cli/io';
import { warnOfOldPauses } from '../../../../cli/watch/warn-old-pauses';
import type { PauseView } from '../../../../shared/ops/pauses/list-pauses';

const pause = (scope: string, isOld: boolean): PauseView => ({
  scope,
  origin: 'operator',
  reason: 'a change window',
  by: 'ada',
  at: '2026-01-01T00:00:00.000Z',
  ageMs: isOld ? 90_000_000 : 60_000,
  isOld,
});

function makeIo() {
  const said = { printed: '', complained: '' };
  const io: Io = {
    print: (text) => void (said.printed += text),
    complain: (text) => void (said.complained += text),
    readText: async () => '',
    now: () => 0,
  };
  return { said, io };
}

describe('warnOfOldPauses', () => {
  const pauses = [pause('intake', false), pause('apply', true)];

  it('warns people below what they asked for, of old pauses alone', () => {
    const { said, io } = makeIo();

    warnOfOldPauses(io, pauses, false);

    expect(said.printed).toMatch(/^\nPaused for .*: apply, by ada \(a change window\)/);
    expect(said.printed.replace(/\s+/g, ' ')).toContain('licenser queue resume apply');
    expect(said.printed).not.toContain('intake');
    expect(said.complained).toBe('');
  });

  it('keeps what a program reads clean', () => {
    const { said, io } = makeIo();

    warnOfOldPauses(io, pauses, true);

    expect(said.printed).toBe('');
    expect(said.complained).toContain('Paused for 1.0 d: apply');
  });

  it.each([true, false])('says nothing of young pauses (%p)', (isForProgram) => {
    const { said, io } = makeIo();

    warnOfOldPauses(io, [pause('intake', false)], isForProgram);

    expect(said).toEqual({ printed: '', complained: '' });
  });
});
