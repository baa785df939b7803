import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, closeSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { readBounded } from '../../../lib/ops/cluster-client/bounded-file';
import { connectCluster } from '../../../lib/ops/cluster-client/connect';
import { json, useFakeApiServer } from '../../support/fake-api-server';

const server = useFakeApiServer();
let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tars-kubeconfig-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** A kubeconfig of one context, with its cluster and its user. */
function config(name: string, { current = name, url = `https://${name}.example`, user = {} } = {}): string {
  return JSON.stringify({
    ...(current === '' ? {} : { 'current-context': current }),
    contexts: [{ name, context: { cluster: 'c', user: name } }],
    clusters: [{ name: 'c', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
    users: [{ name, user }],
  });
}
function file(name: string, text: string): string {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
}

/** Of somebody whose home is the directory of the test. */
const ofUser = (kubeconfigs = '') => ({
  surroundings: { now: () => 0, random: () => 0, user: () => ({ kubeconfigs, home: directory }) },
});

describe('$KUBECONFIG', () => {
  const list = (...words: string[]) => words.map((word) => (word === '' ? '' : join(directory, word))).join(delimiter);
  beforeEach(() => {
    file('a', config('a'));
    file('b', config('b'));
    file('unset', config('unset', { current: '' }));
    file('empty', '');
  });

  test.each([
    [['a'], { context: 'a', server: 'https://a.example' }],
    [['none', 'a'], { context: 'a', server: 'https://a.example' }],
    [['', 'a', ''], { context: 'a', server: 'https://a.example' }],
    // the first that says something counts, as for kubectl
    [['a', 'b'], { context: 'a', server: 'https://a.example' }],
    [['b', 'a', 'a'], { context: 'b', server: 'https://b.example' }],
    [['unset', 'b'], { context: 'b', server: 'https://unset.example' }],
    [['empty', 'b'], { context: 'b', server: 'https://b.example' }],
  ])('a list of %j', async (names, identity) => {
    expect((await connectCluster(ofUser(list(...names)))).identity).toMatchObject(identity);
  });

  test('is that of this process, where no other is handed in', async () => {
    const { KUBECONFIG: before } = process.env;
    process.env['KUBECONFIG'] = list('b');
    try {
      expect((await connectCluster()).identity).toMatchObject({ context: 'b' });
      expect((await connectCluster({ surroundings: { now: () => 0, random: () => 0 } })).identity.context).toBe('b');
      expect((await connectCluster(ofUser(list('a')))).identity).toMatchObject({ context: 'a' });
    } finally {
      if (before === undefined) delete process.env['KUBECONFIG'];
      else process.env['KUBECONFIG'] = before;
    }
  });

  test.each([
    [['none'], 'KUBECONFIG names no file that is there', undefined],
    [['', ''], 'KUBECONFIG names no file that is there', undefined],
    [['empty'], 'the kubeconfig is empty: it has no context', undefined],
    [['unset'], 'the kubeconfig has no current context', undefined],
    [['a', ''], 'there is no context "other" in the kubeconfig', 'other'],
  ])('a list of %j: no cluster', async (names, message, context) => {
    await expect(connectCluster({ ...ofUser(list(...names)), context })).rejects.toMatchObject({
      code: 'NoCluster',
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('without $KUBECONFIG', () => {
  test('it is ~/.kube/config', async () => {
    mkdirSync(join(directory, '.kube'));
    file('.kube/config', config('home'));

    expect((await connectCluster(ofUser())).identity).toMatchObject({ context: 'home' });
  });

  test('nothing is there, outside of a pod', async () => {
    await expect(connectCluster(ofUser())).rejects.toMatchObject({
      code: 'NoCluster',
      message: 'there is no kubeconfig',
      remedy: 'set KUBECONFIG, or hand in --kubeconfig FILE',
    });
  });
});

test.each(['', '# nothing\n', '---\n', 'null\n', '{}'])('a kubeconfig of %j is empty', async (text) => {
  await expect(connectCluster({ kubeconfig: file('config', text) })).rejects.toMatchObject({
    code: 'NoCluster',
    message: 'the kubeconfig is empty: it has no context',
  });
});

test.each([
  ['a list', '[]', 'it is no mapping'],
  ['a text', 'text', 'it is no mapping'],
  ['no YAML', 'a: 1\na: 2', 'duplicated mapping key'],
])('%s is no kubeconfig', async (_, text, why) => {
  await expect(connectCluster({ kubeconfig: file('config', text) })).rejects.toMatchObject({
    code: 'NoCluster',
    message: expect.stringContaining(`cannot be read: ${why}`) as string,
  });
});

test.each([
  ['/dev/null', 'the kubeconfig is empty'],
  ['/dev/zero', 'it has more than 16777216 bytes'],
  ['/', 'EISDIR'],
])('--kubeconfig %s', async (kubeconfig, message) => {
  await expect(connectCluster({ kubeconfig })).rejects.toMatchObject({
    code: 'NoCluster',
    message: expect.stringContaining(message) as string,
  });
});

test('which context, where none is current', async () => {
  const kubeconfig = file('config', config('a', { current: '' }));

  await expect(connectCluster({ kubeconfig })).rejects.toMatchObject({ remedy: 'say which with --context: a' });
  expect((await connectCluster({ kubeconfig, context: 'a' })).identity).toMatchObject({ context: 'a' });
});

describe('tokenFile', () => {
  const connect = (tokenFile: string) => {
    const user = { token: 'old', tokenFile };
    const url = `http://127.0.0.1:${server().port}`;
    return connectCluster({ kubeconfig: file('config', config('a', { url, user })) });
  };

  test('it is beside the kubeconfig, may end with a line break, and goes before a token', async () => {
    mkdirSync(join(directory, 'tokens'));
    file('tokens/mine', 'new\n');
    server().on('GET /version', json({}));
    const client = await connect('tokens/mine');

    await client.call({ method: 'GET', path: '/version' });

    expect(server().seen[0]?.headers.authorization).toBe('Bearer new');
  });

  test('one that is not there is named', async () => {
    const client = await connect('nowhere');

    await expect(client.call({ method: 'GET', path: '/version' })).rejects.toMatchObject({
      code: 'Unauthorized',
      message: expect.stringContaining(join(directory, 'nowhere')) as string,
    });
  });
});

describe('a pipe', () => {
  const bounds = { most: 1000, patienceMs: 60 };
  const pipe = (): string => {
    execFileSync('mkfifo', [join(directory, 'pipe')]);
    return join(directory, 'pipe');
  };

  test('that nobody writes to holds nobody up', async () => {
    await expect(readBounded(pipe(), bounds)).rejects.toThrow('nothing came from it for 0.06 s');
  });

  test('with a writer that writes nothing, neither', async () => {
    const name = pipe();
    const writer = openSync(name, 'r+');
    await expect(readBounded(name, bounds)).rejects.toThrow('nothing came from it for 0.06 s');
    closeSync(writer);
  });

  test('is read to its end, however late it comes', async () => {
    const name = pipe();
    const reading = readBounded(name, { most: 1000, patienceMs: 60_000 });
    const writer = openSync(name, 'w');
    writeSync(writer, 'one\n');
    await new Promise((resolve) => setTimeout(resolve, 50));
    writeSync(writer, 'two\n');
    closeSync(writer);

    await expect(reading).resolves.toBe('one\ntwo\n');
  });
});
