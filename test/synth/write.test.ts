import * as nodeFs from 'node:fs';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  mkdirSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TarsError } from '../../lib/model/issues';
import type { FileSystem, OutputPlan, PlannedFile } from '../../lib/synth/write';
import { writeOutput } from '../../lib/synth/write';

const file = (path: string, content: string, more: Partial<PlannedFile> = {}): PlannedFile => ({
  path,
  content,
  secret: false,
  mayReplaceForeign: path.startsWith('dist/'),
  ...more,
});

/** What is on disk below a directory, by path. */
function snapshot(root: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(root, name)).isFile())
      .sort()
      .map((name) => [name.replaceAll('\\', '/'), readFileSync(join(root, name), 'utf8')]),
  );
}

/** A file system whose nth changing call fails. */
function failingAt(n: number, error: Error): FileSystem & { calls: () => number } {
  let calls = 0;
  const wrap =
    <A extends unknown[], R>(real: (...args: A) => R) =>
    (...args: A): R => {
      if (++calls === n) throw error;
      return real(...args);
    };
  return {
    ...nodeFs,
    mkdirSync: wrap(nodeFs.mkdirSync as (...args: unknown[]) => undefined),
    writeFileSync: wrap(nodeFs.writeFileSync),
    renameSync: wrap(nodeFs.renameSync),
    rmSync: wrap(nodeFs.rmSync),
    calls: () => calls,
  };
}

const errno = (code: string): Error => Object.assign(new Error(`${code}: no`), { code, path: 'dist/a.yaml' });

describe('writeOutput', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'tars-write-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });
  const plan = (files: readonly PlannedFile[], removeSecrets: readonly string[] = []): OutputPlan => ({
    root,
    directories: ['dist', 'compose'],
    files,
    removeSecrets,
  });
  const changes = (files: readonly PlannedFile[]): Record<string, string> =>
    Object.fromEntries(writeOutput(plan(files)).map(({ path, change }) => [path, change]));

  it('says what it did, and does nothing twice', () => {
    expect(changes([file('dist/a.yaml', 'a'), file('compose/c.yml', 'c')])).toEqual({
      'dist/a.yaml': 'created',
      'compose/c.yml': 'created',
    });
    const before = snapshot(root);
    expect(changes([file('dist/a.yaml', 'a'), file('compose/c.yml', 'c')])).toEqual({
      'dist/a.yaml': 'unchanged',
      'compose/c.yml': 'unchanged',
    });
    expect(snapshot(root)).toEqual(before);
  });

  it('removes what it no longer makes, and keeps what it did not make', () => {
    changes([file('dist/a.yaml', 'a'), file('dist/b.yaml', 'b')]);
    writeFileSync(join(root, 'dist', 'mine.yaml'), 'mine');
    expect(changes([file('dist/a.yaml', 'a2')])).toEqual({ 'dist/a.yaml': 'changed', 'dist/b.yaml': 'removed' });
    expect(snapshot(root)).toMatchObject({ 'dist/a.yaml': 'a2', 'dist/mine.yaml': 'mine' });
    expect(snapshot(root)).not.toHaveProperty(['dist/b.yaml']);
  });

  it('refuses to overwrite a compose file that somebody else wrote', () => {
    mkdirSync(join(root, 'compose'));
    writeFileSync(join(root, 'compose', 'c.yml'), 'by hand');
    expect(() => writeOutput(plan([file('dist/a.yaml', 'a'), file('compose/c.yml', 'c')]))).toThrow(
      /TARS5006 compose\/c\.yml/,
    );
    expect(snapshot(root)).toEqual({ 'compose/c.yml': 'by hand' });
  });

  it.each([
    [
      'dist/a.yaml',
      'a device',
      (path: string) => {
        symlinkSync('/dev/null', path);
      },
    ],
    [
      'dist/a.yaml',
      'a directory',
      (path: string) => {
        mkdirSync(path);
      },
    ],
    [
      'compose/c.yml',
      'a device',
      (path: string) => {
        symlinkSync('/dev/null', path);
      },
    ],
    [
      'dist/.tars-files',
      'a device',
      (path: string) => {
        symlinkSync('/dev/null', path);
      },
    ],
  ])('reads no %s that is %s: it may have no end', (path, what, make) => {
    mkdirSync(join(root, 'dist'));
    mkdirSync(join(root, 'compose'));
    make(join(root, path));
    expect(() => writeOutput(plan([file('dist/a.yaml', 'a'), file('compose/c.yml', 'c')]))).toThrow(
      `TARS5006 ${path}: there is ${what} where a file is written`,
    );
    expect(snapshot(root)).toEqual({});
  });

  it('follows no record out of its directory', () => {
    writeFileSync(join(root, 'precious'), 'precious');
    mkdirSync(join(root, 'dist'));
    writeFileSync(join(root, 'dist', '.tars-files'), '../precious\n/etc/hostname\nx/../../precious\n');
    changes([file('dist/a.yaml', 'a')]);
    expect(snapshot(root)).toMatchObject({ precious: 'precious', 'dist/a.yaml': 'a' });
  });

  it('makes secrets readable by their owner only, and puts them in no record', () => {
    changes([file('dist/s.yaml', 's', { secret: true })]);
    expect(statSync(join(root, 'dist', 's.yaml')).mode & 0o777).toBe(0o600);
    expect(existsSync(join(root, 'dist', '.tars-files'))).toBe(false);
    writeOutput(plan([file('dist/a.yaml', 'a')]));
    expect(snapshot(root)).toHaveProperty(['dist/s.yaml'], 's');
    writeOutput(plan([file('dist/a.yaml', 'a')], ['dist/s.yaml']));
    expect(snapshot(root)).not.toHaveProperty(['dist/s.yaml']);
  });

  it('writes nothing in a dry run', () => {
    expect(writeOutput(plan([file('dist/a.yaml', 'a')]), nodeFs, true)).toMatchObject([{ change: 'created' }]);
    expect(snapshot(root)).toEqual({});
  });

  const NEXT = [file('dist/a.yaml', 'new a'), file('dist/c.yaml', 'new c'), file('compose/c.yml', 'new')];
  const LAST = [file('dist/a.yaml', 'old a'), file('dist/b.yaml', 'old b'), file('compose/c.yml', 'old')];

  it.each(['ENOSPC', 'EACCES', 'EROFS'])('changes nothing when the first writes fail with %s', (code) => {
    changes(LAST);
    const before = snapshot(root);
    const stages = failingAt(0, errno(code));
    // Every call before the first rename belongs to the staging.
    writeOutput(plan(LAST), stages);
    for (let n = 1; n <= 12; n++) {
      const fs = failingAt(n, errno(code));
      const seen = { rename: false };
      const watched: FileSystem = {
        ...fs,
        renameSync: (...args) => {
          seen.rename = true;
          fs.renameSync(...args);
        },
      };
      let error: unknown;
      try {
        writeOutput(plan(NEXT), watched);
      } catch (thrown) {
        error = thrown;
      }
      if (seen.rename) break;
      expect(error).toBeInstanceOf(TarsError);
      expect(String(error)).toMatch(/TARS5001/);
      expect(snapshot(root)).toEqual(before);
    }
  });

  it('leaves each file old or new when it is killed at any moment, and the next run completes it', () => {
    const kill = new Error('killed');
    let n = 0;
    let done = false;
    while (!done) {
      n++;
      rmSync(root, { recursive: true, force: true });
      mkdirSync(root);
      changes(LAST);
      writeFileSync(join(root, 'dist', 'mine.yaml'), 'mine');
      const fs = failingAt(n, kill);
      // A killed process cleans nothing up: from the fatal call on nothing happens.
      const state = { dead: false };
      const dying = Object.fromEntries(
        (['mkdirSync', 'writeFileSync', 'renameSync', 'rmSync'] as const).map((name) => [
          name,
          (...args: never[]) => {
            if (state.dead) return undefined;
            try {
              return (fs[name] as (...a: never[]) => unknown)(...args);
            } catch (error) {
              state.dead = error === kill;
              throw error;
            }
          },
        ]),
      );
      try {
        writeOutput(plan(NEXT), { ...nodeFs, ...dying });
        done = !state.dead;
      } catch {
        // It is dead.
      }
      const states: Record<string, readonly (string | undefined)[]> = {
        'dist/a.yaml': ['old a', 'new a'],
        'dist/b.yaml': ['old b', undefined],
        'dist/c.yaml': [undefined, 'new c'],
        'compose/c.yml': ['old', 'new'],
        'dist/mine.yaml': ['mine'],
      };
      const found = snapshot(root);
      for (const [path, allowed] of Object.entries(states)) expect(allowed).toContain(found[path]);
      writeOutput(plan(NEXT));
      expect(snapshot(root)).toEqual({
        'compose/.tars-files': expect.stringContaining('c.yml') as unknown,
        'compose/c.yml': 'new',
        'dist/.tars-files': expect.stringMatching(/\na\.yaml\nc\.yaml\n$/) as unknown,
        'dist/a.yaml': 'new a',
        'dist/c.yaml': 'new c',
        'dist/mine.yaml': 'mine',
      });
    }
    expect(n).toBeGreaterThan(10);
  });
});
