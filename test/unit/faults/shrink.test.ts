import { describe, expect, it } from '@jest/globals';
import type { RunResult } from '../../../faults/run';
import { drawScript } from '../../../faults/script/draw-script';
import type { Script } from '../../../faults/script/script';
import { describeScript, shrink } from '../../../faults/shrink';

const result = (script: Script, fails: boolean): RunResult => ({
  seed: script.seed,
  problems: fails ? [{ kind: 'lost', text: 'user 1' }] : [],
  faults: {},
  users: 0,
  writes: 0,
  story: [],
});

describe('shrinking a script that fails', () => {
  it('leaves what the failure needs, and nothing else', async () => {
    const script = drawScript(7);
    const [needed, other] = [script.faults[3], script.changes[2]];
    let runs = 0;
    const run = async (one: Script) => {
      runs++;
      return result(one, one.faults.includes(needed as never) && one.changes.includes(other as never));
    };
    const shrunk = await shrink(script, [{ kind: 'lost', text: 'user 1' }], { mostTries: 500, run });
    expect(shrunk.script).toEqual({
      ...script,
      faults: [needed],
      changes: [other],
      tenant: { ...script.tenant, users: [] },
    });
    expect(shrunk.tries).toBe(runs);
    expect(describeScript(shrunk.script)).toContain(JSON.stringify(needed));
  });

  it('keeps to its number of runs, and to failures of the same kind', async () => {
    const script = drawScript(7);
    let runs = 0;
    const run = async (one: Script): Promise<RunResult> => {
      runs++;
      return { ...result(one, false), problems: [{ kind: 'audit', text: 'another failure' }] };
    };
    const shrunk = await shrink(script, [{ kind: 'lost', text: 'user 1' }], { mostTries: 20, run });
    expect(shrunk.script).toBe(script);
    expect(runs).toBe(20);
  });
});
