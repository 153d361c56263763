import fs, {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, uptime } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { openKeptState } from '../../../local/kept-state';

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kept-'));
  folder = join(root, 'kept');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const sample = { tenantFile: undefined, policy: undefined, usualPolicy: '/sample.yaml' };
const tenantFile = (text: string) => {
  const path = join(root, 'tenant.ndjson');
  writeFileSync(path, text);
  return path;
};

describe('the kept state of an embedded cloud', () => {
  it('is taken up with the same secrets and policy, once the tenant is in it', async () => {
    const path = tenantFile('a');
    const first = await openKeptState(folder, { ...sample, tenantFile: path, policy: '/mine.yaml' });
    first.release();
    const early = await openKeptState(folder, sample);
    early.release();
    writeFileSync(first.data.graphData, '');
    rmSync(path);

    const second = await openKeptState(folder, sample);

    expect(first).toMatchObject({
      isResumed: false,
      isOwnTenant: true,
      tenantFile: path,
      policy: '/mine.yaml',
    });
    // Ended before Graph had begun: the tenant file is read once more.
    expect(early).toMatchObject({ isResumed: false, tenantFile: path });
    expect(second).toMatchObject({
      isResumed: true,
      isOwnTenant: true,
      policy: '/mine.yaml',
      secrets: first.secrets,
    });
    expect(second.tenantFile).toBeUndefined();
    expect(statSync(join(folder, 'start.json')).mode & 0o777).toBe(0o600);
  });

  it('is of one tenant: another file is refused, with what to do', async () => {
    const first = await openKeptState(folder, { ...sample, tenantFile: tenantFile('a') });
    first.release();

    await expect(openKeptState(folder, { ...sample, tenantFile: tenantFile('b') })).rejects.toMatchObject({
      code: 'local/kept-other',
      hint: expect.stringContaining(folder) as unknown,
    });
    // Nothing of the refused start stays: the next one is free to go on.
    (await openKeptState(folder, { ...sample, tenantFile: tenantFile('a') })).release();
  });

  it('belongs to one process, until that is gone', async () => {
    const lock = join(folder, 'lock.json');
    (await openKeptState(folder, sample)).release();
    writeFileSync(lock, JSON.stringify({ pid: process.ppid, processes: [] }));

    await expect(openKeptState(folder, sample)).rejects.toMatchObject({ code: 'local/kept-elsewhere' });

    // A process that was killed: no such process has this id.
    writeFileSync(lock, JSON.stringify({ pid: 2 ** 30, processes: [2 ** 30 + 1] }));
    const state = await openKeptState(folder, sample);
    state.noteProcesses([4_711]);
    expect(JSON.parse(readFileSync(lock, 'utf8'))).toEqual({ pid: process.pid, processes: [4_711] });
    state.release();
  });

  it('says that a file has changed where it has the name of the one that it began with', async () => {
    const path = tenantFile('a');
    (await openKeptState(folder, { ...sample, tenantFile: path })).release();
    writeFileSync(path, 'b');

    await expect(openKeptState(folder, { ...sample, tenantFile: path })).rejects.toThrow(
      `${path} has changed since the kept state was begun with it`,
    );
  });

  it('is locked by a whole file at every time: another start takes an empty one for left behind', async () => {
    const lock = join(folder, 'lock.json');
    const seen: (string | null)[] = [];
    const write = fs.writeFileSync;
    const spy = jest.spyOn(fs, 'writeFileSync').mockImplementation((...args) => {
      seen.push(existsSync(lock) ? readFileSync(lock, 'utf8') : null);
      write(...args);
    });
    const state = await openKeptState(folder, sample);
    spy.mockRestore();

    expect(seen[0]).toBeNull();
    expect(seen).not.toContain('');
    expect(JSON.parse(readFileSync(lock, 'utf8'))).toEqual({ pid: process.pid, processes: [] });
    expect(readdirSync(folder).sort()).toEqual(['lock.json', 'start.json']);
    state.release();
  });

  it('names the lock to delete where another program may have the number by now', async () => {
    const lock = join(folder, 'lock.json');
    (await openKeptState(folder, sample)).release();
    writeFileSync(lock, JSON.stringify({ pid: process.ppid, processes: [] }));

    await expect(openKeptState(folder, sample)).rejects.toMatchObject({
      hint: expect.stringContaining(lock) as unknown,
    });
  });

  it('takes no number of a process for a running one when the machine was started since', async () => {
    const lock = join(folder, 'lock.json');
    mkdirSync(folder);
    writeFileSync(lock, JSON.stringify({ pid: process.ppid, processes: [process.ppid] }));
    const beforeBoot = Date.now() / 1_000 - uptime() - 3_600;
    utimesSync(lock, beforeBoot, beforeBoot);

    const state = await openKeptState(folder, sample);

    expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({ pid: process.pid });
    state.release();
  });

  it('removes a lock that was left behind only if it is still the one that was found', async () => {
    const lock = join(folder, 'lock.json');
    (await openKeptState(folder, sample)).release();
    const leftBehind = JSON.stringify({ pid: 2 ** 30, processes: [] });
    writeFileSync(lock, leftBehind);
    // Another start finds the same one, takes over, and is done just before this one removes it.
    const takeOver = () => {
      rmReally(lock, { force: true });
      writeFileSync(lock, JSON.stringify({ pid: process.ppid, processes: [] }));
    };
    const [linkReally, rmReally] = [fs.linkSync, fs.rmSync];
    let isOver = false;
    const once = (isTime: boolean) => {
      if (!isTime || isOver) return;
      isOver = true;
      takeOver();
    };
    const link = jest.spyOn(fs, 'linkSync').mockImplementation((from, to) => {
      linkReally(from, to);
      once(to !== lock);
    });
    const rm = jest.spyOn(fs, 'rmSync').mockImplementation((path, ...options) => {
      once(path === lock);
      rmReally(path, ...options);
    });

    const opened = openKeptState(folder, sample);
    await expect(opened).rejects.toMatchObject({ code: 'local/kept-elsewhere' });
    link.mockRestore();
    rm.mockRestore();

    expect(isOver).toBe(true);
    expect(JSON.parse(readFileSync(lock, 'utf8'))).toEqual({ pid: process.ppid, processes: [] });
    expect(readdirSync(folder).sort()).toEqual(['lock.json', 'start.json']);
  });

  it('says when it is damaged', async () => {
    (await openKeptState(folder, sample)).release();
    writeFileSync(join(folder, 'start.json'), '{"version":1');

    await expect(openKeptState(folder, sample)).rejects.toMatchObject({
      code: 'local/kept-damaged',
      message: expect.stringContaining('is not what a start with --keep has written') as unknown,
    });
  });

  it('names the version of a state that another version of the program has kept', async () => {
    (await openKeptState(folder, sample)).release();
    const file = join(folder, 'start.json');
    const kept = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...kept, version: 1 }));

    await expect(openKeptState(folder, sample)).rejects.toMatchObject({
      code: 'local/kept-damaged',
      message: `${file} is of version 1, and this program reads version 2`,
      hint: expect.stringContaining(folder) as unknown,
    });
  });
});
