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

test('credentials that a program refuses are no credentials', async () => {
  const exec = `{ apiVersion: client.authentication.k8s.io/v1, command: ${process.execPath}, args: ['-e', 'process.exit(3)'], interactiveMode: Never }`;
  const text = TWO.replace('user: { token: t }', `user: { exec: ${exec} }`);
  const client = await connectCluster({ kubeconfig: kubeconfig(text) });

  await expect(client.call({ method: 'GET', path: '/version' })).rejects.toMatchObject({ code: 'Unauthorized' });
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
