import { COMMANDS } from '../../lib/cli/command-table';
import { run, wantsJson } from '../../lib/cli/run';
import { tarsApp } from './apps';
import { useProject } from './fake-io';

const project = useProject();

describe('help', () => {
  test('tars alone shows it', async () => {
    const { exitCode, stdout, stderr } = await project().run([]);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: tars \[options\] \[command\]\n/);
    for (const { name, summary } of COMMANDS) expect(stdout).toMatch(new RegExp(`^ +${name} .*${summary}$`, 'm'));
  });

  const commands = [
    ...COMMANDS.map(({ name }) => [name]),
    ...[
      ['secrets', 'init'],
      ['secrets', 'set'],
      ['secrets', 'list'],
    ],
    ...[['images', 'build'], ['images', 'push'], ['images', 'load'], ['completion']],
  ].map((argv) => [argv.join(' '), argv] as const);

  test.each(commands)('tars %s --help teaches by examples', async (name, argv) => {
    const { exitCode, stdout } = await project().run([...argv, '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: tars ${name} `));
    expect(stdout).toContain('\nExamples:\n');
  });

  test('tars help synth is the same as tars synth --help', async () => {
    const help = await project().run(['help', 'synth']);
    expect(help.exitCode).toBe(0);
    expect(help.stdout).toBe((await project().run(['synth', '--help'])).stdout);
  });

  test('--version is the one of the package', async () => {
    const version = '{"version":"1.2.3"}';
    const { stdout, exitCode } = await project().run(['--version'], { fs: { readFileSync: (() => version) as never } });
    expect([exitCode, stdout]).toEqual([0, '1.2.3\n']);
  });
});

describe('usage', () => {
  test.each([
    ['an unknown command', ['synt'], 'tars', "unknown command 'synt'", /Did you mean synth\?; see `tars --help`/],
    ['an unknown subcommand', ['secrets', 'lst'], 'tars secrets', "unknown command 'lst'", /Did you mean list\?/],
    ['an unknown option', ['synth', '--chek'], 'tars synth', "unknown option '--chek'", /Did you mean --check\?/],
    [
      'a value that is not offered',
      ['check', '-o', 'xml'],
      'tars check',
      /'xml' is invalid/,
      /see `tars check --help`/,
    ],
    ['an argument that is missing', ['secrets', 'set'], 'tars secrets', /missing required argument 'key'/, /--help/],
    ['an argument too many', ['check', 'main.ts'], 'tars check', /too many arguments/, /--help/],
    [
      'options that exclude each other',
      ['synth', '--all', '--env', 'x'],
      'tars synth',
      /cannot be used with/,
      /--help/,
    ],
  ])('%s', async (_, argv, path, message, remedy) => {
    const { exitCode, stderr, stdout } = await project().tars(tarsApp(), argv);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr.startsWith(`error TARS5004 ${path}: `)).toBe(true);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(remedy);
  });
});

describe('failures', () => {
  const broken = (): never => {
    throw new TypeError('x is not a function');
  };

  test('an unexpected error is one line, without a stack', async () => {
    const { exitCode, stderr } = await project().tars(broken, ['check']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error TARS5007 tars: an unexpected error: x is not a function\n +remedy: /);
    expect(stderr).not.toContain('    at ');
  });

  test.each([[['check', '--debug']], [['--debug', 'check']]])('%j prints the stack', async (argv) => {
    const { stderr } = await project().tars(broken, argv);
    expect(stderr).toContain('TypeError: x is not a function\n    at ');
  });

  test('errors of another copy of the library are known by their name', async () => {
    const issues = [{ code: 'TARS1003', severity: 'error', path: 'a', message: 'b', remedy: 'c' }];
    const foreign = Object.assign(new Error('x'), { name: 'TarsError', issues });
    const { stderr } = await project().tars(() => {
      throw foreign;
    }, ['check']);
    expect(stderr).toBe('error TARS1003 a: b\n    remedy:  c\n');
  });
});

test('run takes the world as a parameter, and touches no other', () => {
  expect(run.toString()).not.toContain('process');
});

test.each([
  [true, 'status -o json'],
  [true, 'status -ojson'],
  [true, 'status --format json'],
  [true, 'status --format=json'],
  [true, 'logs -fo json'],
  [true, 'status -wojson'],
  [false, 'logs -no json'],
  [false, 'logs -fo table'],
  [false, 'status'],
  [false, 'exec web --yes -- kubectl -o json'],
  [true, 'exec web -o json -- true'],
])('whether a failure is data: %s for tars %s', (wanted, line) => {
  expect(wantsJson(line.split(' '))).toBe(wanted);
});
