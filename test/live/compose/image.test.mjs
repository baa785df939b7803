// @ts-check
// The backend's image, as the generated Dockerfile makes it: what is in it, and what a build costs.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { until } from '../../testbed/wait.mjs';
import { figure } from '../figures.mjs';
import { readBuildOutput } from './build-output.mjs';
import { lines } from './containers.mjs';
import { docker, tryDocker } from './docker.mjs';
import { committedProject } from './project.mjs';

const image = 'tars-live-backend';
const fatMegabytes = 32;

/** Folders that no build needs, and that a working copy has. */
const fatFolders = ['.git', 'node_modules', 'models'];

/** Finds compilers, and what package managers keep; documentation and lists of packages are none of it. */
const search = [
  'find / -xdev',
  String.raw`\( -path /proc -o -path /sys -o -path /usr/share -o -path /var/lib/dpkg \) -prune -o`,
  String.raw`\( -name cc -o -name gcc -o -name 'gcc-[0-9]*' -o -name 'g++*' -o -name 'cc1*' -o -name make`,
  String.raw`-o -path '*/.cache/pip/*' -o -path '/var/lib/apt/lists/*_Packages*' \) ! -type d -print`,
].join(' ');
const measure = 'du --summarize --bytes --one-file-system / | cut -f 1';

describe('the image of the backend', () => {
  const project = committedProject();
  const context = join(project.directory, 'app', 'backend');
  const dockerfile = join(project.directory, 'docker', 'Dockerfile');
  /** @type {string[]} */
  const made = [];

  /** @param {readonly string[]} args */
  async function build(...args) {
    const { code, stderr } = await tryDocker(
      ['build', '--progress=plain', '--file', dockerfile, ...args, context],
    );
    assert.equal(code, 0, stderr);
    return readBuildOutput(stderr);
  }

  /** @param {readonly string[]} args */
  async function runIn(...args) {
    return tryDocker(['run', '--rm', '--network', 'none', '--entrypoint', '', image, ...args]);
  }

  before(async () => {
    for (const folder of fatFolders) {
      mkdirSync(join(context, folder), { recursive: true });
      writeFileSync(join(context, folder, 'fat'), randomBytes(fatMegabytes * 1e6));
    }
  });

  after(async () => {
    for (const container of made) {
      await tryDocker(['rm', '--force', container]);
    }
    await tryDocker(['image', 'rm', '--force', image]);
    project.remove();
  });

  test('is built from a context without what no build needs', async () => {
    const began = performance.now();
    const { contextBytes } = await build('--tag', image);
    figure('build of the backend, dependencies perhaps cached', (performance.now() - began) / 1000, 's');
    figure(`context sent beside ${fatFolders.length * fatMegabytes} MB in ${fatFolders.join(', ')}`, contextBytes / 1e3, 'kB');
    assert.ok(contextBytes > 0 && contextBytes < 1e6, `${contextBytes} bytes were sent`);
  });

  test('would be built from all of it without the ignore file, so the count counts', async () => {
    const { code, stderr } = await tryDocker(
      ['build', '--progress=plain', '--file', '-', '--output', 'type=cacheonly', context],
      { input: 'FROM scratch\nCOPY . .\n' },
    );
    assert.equal(code, 0, stderr);
    const { contextBytes } = readBuildOutput(stderr);
    figure('context sent without the ignore file', contextBytes / 1e6, 'MB');
    assert.ok(contextBytes >= fatFolders.length * fatMegabytes * 1e6 * 0.99, `${contextBytes} bytes were sent`);
  });

  test('is built again after an edit of the source without its dependencies', async () => {
    // Something new: the cache knows the edits of earlier runs.
    appendFileSync(join(context, 'tars', '__init__.py'), `\n# ${randomUUID()}\n`);
    const before = await docker(['image', 'inspect', image, '--format', '{{.Id}}']);
    const began = performance.now();
    const { steps } = await build('--tag', image);
    figure('build of the backend after an edit of its source', (performance.now() - began) / 1000, 's');
    const stages = [...steps].filter(([name]) => /^\[(builder|runtime) .*\] (?!FROM)/.test(name));
    assert.ok(stages.some(([name]) => name.includes('pip install')), 'the installation is a step');
    assert.deepEqual(
      stages.filter(([, how]) => how !== 'cached').map(([name]) => name.replace(/^.*\] /, '')),
      ['COPY . .'],
    );
    assert.notEqual(await docker(['image', 'inspect', image, '--format', '{{.Id}}']), before);
    figure('steps that were cached', stages.filter(([, how]) => how === 'cached').length, 'steps');
  });

  test('has no compiler and no cache of packages, and is smaller than its builder, which has one', async () => {
    const builder = await lookIntoBuilder();
    assert.ok(
      builder.found.some((path) => path.endsWith('/bin/gcc')),
      'the search finds the builder’s compiler',
    );
    const asRoot = ['run', '--rm', '--network', 'none', '--user', '0:0', '--entrypoint', 'sh', image, '-c'];
    assert.deepEqual(lines(await docker([...asRoot, search])), []);
    const bytes = Number(await docker([...asRoot, measure]));
    figure('size of the runtime image, unpacked', bytes / 1e6, 'MB');
    figure('size of the builder stage, unpacked', builder.bytes / 1e6, 'MB');
    assert.ok(bytes > 0 && bytes < builder.bytes);
  });

  /**
   * The builder stage as BuildKit has it; to make an image of it would take a minute.
   *
   * @returns {Promise<{ found: string[], bytes: number }>}
   */
  async function lookIntoBuilder() {
    const stages = [
      readFileSync(dockerfile, 'utf8'),
      `FROM builder AS look\nRUN ${search} > /found; ${measure} > /bytes`,
      'FROM scratch AS report\nCOPY --from=look /found /bytes /',
    ];
    const report = join(project.directory, 'report');
    const output = ['--target', 'report', '--output', `type=local,dest=${report}`];
    await docker(['build', ...output, '--file', '-', context], { input: stages.join('\n') });
    const read = (/** @type {string} */ name) => readFileSync(join(report, name), 'utf8');
    return { found: lines(read('found')), bytes: Number(read('bytes')) };
  }

  test('runs as user 1000, who owns what it may write to and nothing else', async () => {
    assert.equal((await runIn('id')).stdout.trim(), 'uid=1000(tars) gid=1000(tars) groups=1000(tars)');
    const owned = lines((await runIn('find', '/', '-xdev', '-user', '1000', '-not', '-path', '/proc/*')).stdout);
    assert.deepEqual(owned.sort(), ['/app/data', '/app/logs', '/app/models']);
  });

  test('tells the engine whether it is healthy', async () => {
    const healthOf = async (/** @type {string} */ id) =>
      (await docker(['inspect', id, '--format', '{{.State.Health.Status}}'])).trim();
    // What it says, and how soon it is asked: the times in the image are for production.
    const soon = ['--health-interval=1s', '--health-start-interval=1s', '--health-start-period=1s'];
    const began = performance.now();
    const serving = await start(soon);
    const idle = await start(soon, ['sleep', '600']);
    await until('it is healthy', async () => (await healthOf(serving)) === 'healthy', { timeoutMs: 300_000 });
    figure('image alone, started until healthy', (performance.now() - began) / 1000, 's');
    await until('what does not serve is unhealthy', async () => (await healthOf(idle)) === 'unhealthy', { timeoutMs: 300_000 });
  });

  /**
   * @param {readonly string[]} options
   * @param {readonly string[]} [command]
   */
  async function start(options, command = []) {
    const id = (await docker(['run', '--detach', '--network', 'none', ...options, image, ...command])).trim();
    made.push(id);
    return id;
  }
});
