import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectCluster } from '../../../lib/ops/cluster-client/connect';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tars-connect-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function kubeconfig(text: string): string {
  const file = join(directory, 'config');
  writeFileSync(file, text);
  return file;
}
const TWO = `
apiVersion: v1
kind: Config
current-context: one
contexts:
  - { name: one, context: { cluster: a, user: u } }
  - { name: two, context: { cluster: b, user: u, namespace: tars } }
  - { name: nowhere, context: { cluster: c, user: u } }
clusters:
  - { name: a, cluster: { server: 'https://a.example:6443/' } }
  - { name: b, cluster: { server: 'https://b.example:6443' } }
users:
  - { name: u, user: { token: t } }
`;

test.each([
  [undefined, { context: 'one', cluster: 'a', server: 'https://a.example:6443', user: 'u', namespace: 'default' }],
  ['two', { context: 'two', cluster: 'b', server: 'https://b.example:6443', user: 'u', namespace: 'tars' }],
])('context %s', async (context, identity) => {
  const client = await connectCluster({ kubeconfig: kubeconfig(TWO), context });

  expect(client.identity).toEqual(identity);
});

test.each([
  ['a context that is not there', TWO, 'three', 'there is no context "three" in the kubeconfig'],
  ['a cluster that is not there', TWO, 'nowhere', 'context "nowhere" names the cluster "c", which is not there'],
  ['a file that is no kubeconfig', '{', undefined, 'cannot be read'],
])('%s', async (_, text, context, message) => {
  const connecting = connectCluster({ kubeconfig: kubeconfig(text), context });

  await expect(connecting).rejects.toMatchObject({
    code: 'NoCluster',
    message: expect.stringContaining(message) as string,
  });
});

test('a file that is not there', async () => {
  await expect(connectCluster({ kubeconfig: join(directory, 'none') })).rejects.toMatchObject({ code: 'NoCluster' });
});

test('outside of a pod there is no ServiceAccount', async () => {
  const connecting = connectCluster({ inCluster: true });

  await expect(connecting).rejects.toMatchObject({
    code: 'NoCluster',
    message: expect.stringContaining('this is no pod') as string,
    remedy: expect.stringContaining('run it in a pod') as string,
  });
});

test.each(['not a url', 'ftp://a.example', 'a.example:6443', 'https://', '/run/api.sock'])(
  'the server %j is no address',
  async (given) => {
    const text = TWO.replace('https://a.example:6443/', given);

    await expect(connectCluster({ kubeconfig: kubeconfig(text) })).rejects.toMatchObject({
      code: 'NoCluster',
      message: `the server of cluster "a" is no address: ${JSON.stringify(given.replace(/\/$/, ''))}`,
    });
  },
);

const program = (code: string) => ({
  exec: {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: process.execPath,
    args: ['-e', code],
    interactiveMode: 'Never',
  },
});
const base64 = (text: string) => Buffer.from(text).toString('base64');
test.each([
  [
    'a program with its reason',
    program(`console.error("token expired:\\n run 'aws sso login'"); process.exit(1)`),
    "token expired: run 'aws sso login'",
  ],
  ['a program that says nothing', program('process.exit(3)'), 'the program for credentials failed, and said nothing'],
  ['a program that is not there', { exec: { command: 'tars-no-such-program' } }, 'ENOENT'],
  ['a program that prints no credentials', program('console.log("{}")'), 'what the program for credentials prints'],
  ['a token of two lines', { token: 'a\nb' }, 'characters that the header Authorization may not have'],
  ['a token that is no ASCII', { token: '\u5bc6\u78bc' }, 'characters that the header Authorization may not have'],
  [
    'a certificate that is none',
    { 'client-certificate-data': base64('no PEM'), 'client-key-data': base64('no PEM') },
    'a certificate or its key cannot be used',
  ],
  ['a certificate that is not there', { 'client-certificate': 'none.pem', 'client-key': 'none.pem' }, 'none.pem'],
])('%s: no credentials, and why', async (_, user, reason) => {
  const text = TWO.replace('{ token: t }', JSON.stringify(user));
  const client = await connectCluster({ kubeconfig: kubeconfig(text) });
  const message = expect.stringMatching(
    new RegExp(`^no credentials for user "u" of context "one": .*${reason}`),
  ) as string;

  await expect(client.call({ method: 'GET', path: '/version' })).rejects.toMatchObject({
    code: 'Unauthorized',
    message,
  });
  await expect(client.socket({ path: '/version', protocols: [] })).rejects.toMatchObject({
    code: 'Unauthorized',
    message,
  });
});

test('a program for credentials that hangs holds up neither a call nor a WebSocket past its time-out', async () => {
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: 'sleep',
    args: ['2'],
    interactiveMode: 'Never',
  };
  const text = TWO.replace('{ token: t }', JSON.stringify({ exec }));
  const client = await connectCluster({ kubeconfig: kubeconfig(text) });

  const called = client.call({ method: 'GET', path: '/version', timeoutMs: 100 });
  const opened = client.socket({ path: '/version', protocols: [], timeoutMs: 100 });

  // Awaited, the program itself would be told of: it gives none.
  await expect(called).rejects.toMatchObject({ code: 'Timeout' });
  await expect(opened).rejects.toMatchObject({ code: 'Timeout' });
});
