import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { json, silence, useFakeApiServer } from '../support/fake-api-server';
import { PROGRAM } from './process-project';
import { useProject } from './fake-io';

// The tool as a real process, whose reader goes away before anything is printed.

const server = useFakeApiServer();
const project = useProject();

const APPS = '/apis/apps/v1/namespaces/tars';
const WEB = `${APPS}/deployments/tars-web`;
const EVENTS = '/api/v1/namespaces/tars/events';
const metadata = { name: 'tars-web', namespace: 'tars', uid: 'u', resourceVersion: '7', generation: 1 };
const deployment = { metadata, spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: {} } };
const none = json({ metadata: { resourceVersion: '7' }, items: [] });

beforeEach(() => {
  const event = { metadata: { name: 'e', uid: 'e' }, involvedObject: { kind: 'Pod', name: 'p' } };
  server()
    .on(`GET ${APPS}/deployments`, json({ metadata: {}, items: [deployment] }))
    .on(`GET ${APPS}/statefulsets`, none)
    .on(`GET ${APPS}/daemonsets`, none)
    .on(`GET ${WEB}`, json(deployment))
    .on('GET /apis/autoscaling/v2/namespaces/tars/horizontalpodautoscalers', none)
    .on(`GET ${WEB}/scale`, json({ metadata, spec: { replicas: 2 } }))
    .on(`PUT ${WEB}/scale`, json({}))
    .on(`POST ${EVENTS}`, json({}, 201))
    .on(`GET ${EVENTS}`, (seen, response) => {
      const all = json({ metadata: { resourceVersion: '7' }, items: [event] });
      (seen.query.has('watch') ? silence : all)(seen, response);
    });
});

async function tars(argv: readonly string[], readers: readonly ('stdout' | 'stderr')[]): Promise<unknown> {
  const words = [PROGRAM, ...argv, '--kubeconfig', server().kubeconfig()];
  const child = spawn(process.execPath, words, { cwd: project().directory, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const name of ['stdout', 'stderr'] as const) {
    if (readers.includes(name)) child[name].resume();
    else child[name].destroy();
  }
  const [exitCode] = (await once(child, 'close')) as unknown[];
  return exitCode;
}

test.each<[readonly ('stdout' | 'stderr')[]]>([[['stderr']], [['stdout']], [[]]])(
  'a change comes to its end where only %j is read',
  async (readers) => {
    expect(await tars(['scale', 'web', '5', '--yes'], readers)).toBe(0);
    expect([server().count(`PUT ${WEB}/scale`), server().count(`POST ${EVENTS}`)]).toEqual([1, 1]);
  },
);

test('what only reads ends with its reader', async () => {
  expect(await tars(['events', '--watch'], ['stderr'])).toBe(0);
});
