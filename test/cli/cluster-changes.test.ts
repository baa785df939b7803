import type { WebSocket } from 'ws';
import { COMMANDS } from '../../lib/cli/command-table';
import type { Context } from '../../lib/cli/context';
import type { Seen } from '../support/fake-api-server';
import { json, refusal, silence, useFakeApiServer } from '../support/fake-api-server';
import { tarsApp } from './apps';
import type { Outcome, World } from './fake-io';
import { useProject } from './fake-io';

// Every command that changes something in a cluster: asks, fits the pin, can be tried, and leaves an Event.

const server = useFakeApiServer();
const project = useProject();

const NAMESPACE = '/namespaces/tars';
const POD = `/api/v1${NAMESPACE}/pods/backend-1`;
const DEPLOYMENT = `/apis/apps/v1${NAMESPACE}/deployments/tars-backend`;
const HPAS = `/apis/autoscaling/v2${NAMESPACE}/horizontalpodautoscalers`;
const EVENTS = `/api/v1${NAMESPACE}/events`;
const REVIEWS = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const PIPE = { stdin: '' };

/** The command, what its Event is about, and what it says. Without one it goes on until Ctrl-C. */
const CHANGES: readonly (readonly [string, object?])[] = [
  ['exec backend -- true', left('Pod', 'backend-1', 'Executed', 'will run true in pod backend-1')],
  ['debug backend', left('Pod', 'backend-1', 'Debugged', 'added debug-1 of busybox:1.37.0 to backend-1')],
  ['restart backend --no-wait', left('Deployment', 'tars-backend', 'Restarted', 'restarted deployment/tars-backend')],
  ['restart pod/backend-1', left('Pod', 'backend-1', 'Restarted', 'restarted pod backend-1 (uid-backend-1)')],
  ['restart pod/backend-1 --delete', left('Pod', 'backend-1', 'Restarted', 'restarted pod backend-1 (uid-backend-1)')],
  ['scale frontend 5', left('Deployment', 'tars-frontend', 'Scaled', 'scaled tars-frontend from 2 to 5')],
  ['scale backend --pin 4', left('Deployment', 'tars-backend', 'Pinned', 'pinned tars-backend: 4 to 4 replicas')],
  ['scale backend --unpin', left('Deployment', 'tars-backend', 'Unpinned', 'unpinned tars-backend: 2 to 5 replicas')],
  [
    'rollout undo backend',
    left('Deployment', 'tars-backend', 'RolledBack', 'rolled tars-backend back to revision 1 (a:1)'),
  ],
  ['autoscale run backend --target kubernetes'],
];

function left(kind: string, name: string, reason: string, message: string): object {
  const involvedObject = { kind, name, namespace: 'tars', uid: `uid-${name}` };
  return { involvedObject, reason, action: reason, message: `${message} (by jane, with tars)` };
}

function workload(name: string): object {
  const metadata = {
    ...{ name, namespace: 'tars', uid: `uid-${name}`, resourceVersion: '7', generation: 1 },
    annotations: { 'deployment.kubernetes.io/revision': '2' },
  };
  const template = { spec: { containers: [{ name: 'app', image: 'a:2' }] } };
  const spec = { replicas: 2, selector: { matchLabels: { app: name } }, template };
  return { metadata, spec, status: { observedGeneration: 1 } };
}

function replicaSet(revision: number): object {
  const metadata = {
    ...{ name: `backend-${revision}`, annotations: { 'deployment.kubernetes.io/revision': String(revision) } },
    ownerReferences: [{ controller: true, uid: 'uid-tars-backend' }],
  };
  return { metadata, spec: { template: { spec: { containers: [{ name: 'app', image: `a:${revision}` }] } } } };
}

const pod = {
  metadata: {
    ...{ name: 'backend-1', namespace: 'tars', uid: 'uid-backend-1' },
    ownerReferences: [{ controller: true, kind: 'ReplicaSet', name: 'backend-2', uid: 'r' }],
  },
  spec: { containers: [{ name: 'app', image: 'a:2' }] },
  status: {
    phase: 'Running',
    ephemeralContainerStatuses: [{ name: 'debug-1', state: { running: {} } }],
  },
};
const hpa = {
  metadata: { name: 'backend', resourceVersion: '7', annotations: { 'cdk8s-tars/pinned-from': '2-5' } },
  spec: { scaleTargetRef: { kind: 'Deployment', name: 'tars-backend' }, minReplicas: 3, maxReplicas: 3 },
};
const list = (...items: readonly object[]) => json({ metadata: { resourceVersion: '7' }, items });

/** Commands that were run in a container. */
let executed: string[][] = [];

beforeEach(() => {
  executed = [];
  const scale = { metadata: { name: 'tars-frontend', uid: 'u', resourceVersion: '7' }, spec: { replicas: 2 } };
  const pods = (seen: Seen, response: Parameters<typeof silence>[1]): void => {
    (seen.query.has('watch') ? silence : list(pod))(seen, response);
  };
  server()
    .on(`GET /apis/apps/v1${NAMESPACE}/deployments`, list(workload('tars-backend'), workload('tars-frontend')))
    .on(`GET /apis/apps/v1${NAMESPACE}/statefulsets`, list())
    .on(`GET /apis/apps/v1${NAMESPACE}/daemonsets`, list())
    .on(`GET /apis/apps/v1${NAMESPACE}/replicasets`, list(replicaSet(1), replicaSet(2)))
    .on(`GET ${HPAS}`, list(hpa))
    .on(`PATCH ${HPAS}/backend`, json({}))
    .on(`GET ${DEPLOYMENT}`, json(workload('tars-backend')))
    .on(`PATCH ${DEPLOYMENT}`, json({}))
    .on(`GET ${DEPLOYMENT.replace('backend', 'frontend')}`, json(workload('tars-frontend')))
    .on(`GET ${DEPLOYMENT.replace('backend', 'frontend')}/scale`, json(scale))
    .on(`PUT ${DEPLOYMENT.replace('backend', 'frontend')}/scale`, json(scale))
    .on(`GET /api/v1${NAMESPACE}/pods`, pods)
    .on(`GET ${POD}`, json(pod))
    .on(`PATCH ${POD}/ephemeralcontainers`, json(pod))
    .on(`POST ${POD}/eviction`, json({}, 201))
    .on(`DELETE ${POD}`, json({}))
    .on(`POST ${REVIEWS}`, json({ status: { userInfo: { username: 'jane' } } }, 201))
    .on(`POST ${EVENTS}`, json({}, 201))
    .onSocket(`${POD}/exec`, (socket: WebSocket, query) => {
      executed.push(query.getAll('command'));
      socket.send(Buffer.concat([Buffer.from([3]), Buffer.from('{"metadata":{},"status":"Success"}')]));
    });
});

/** Runs `tars …`; options stand before what is the container's. */
function tars(command: string, more: readonly string[], world: World = PIPE): Promise<Outcome> {
  const [own = '', ...inside] = command.split(' -- ');
  const words = [...own.split(' '), '--kubeconfig', server().kubeconfig(), ...more];
  return project().tars(tarsApp(), [...words, ...inside.flatMap((one) => ['--', ...one.split(' ')])], world);
}

const writes = (): readonly Seen[] => server().seen.filter(({ method, path }) => method !== 'GET' && path !== REVIEWS);
const isTrial = ({ query }: Seen): boolean => query.get('dryRun') === 'All';
/** What was sent that changes something. */
const sent = (): readonly Seen[] => writes().filter((one) => !isTrial(one));

const events = (): readonly unknown[] =>
  sent().flatMap(({ path, body }) => (path === EVENTS ? [JSON.parse(body) as unknown] : []));

test('they are all the commands that ask', async () => {
  const found: string[] = [];
  for (const { name, create } of COMMANDS) {
    const command = await create({} as Context);
    for (const one of command.commands.length > 0 ? command.commands : [command]) {
      const words = one === command ? name : `${name} ${one.name()}`;
      if (one.options.some(({ long }) => long === '--context') && one.options.some(({ long }) => long === '--yes')) {
        found.push(words);
      }
    }
  }
  const covered = found.filter((words) => CHANGES.some(([command]) => command.startsWith(`${words} `)));
  expect(covered).toEqual(found);
  expect(found).toHaveLength(6);
});

describe.each(CHANGES.map(([command]) => [command]))('tars %s', (command) => {
  test.each([
    ['nobody can be asked', PIPE, 2],
    ['the answer is no', { isTTY: true, answer: 'n' }, 2],
    ['the answer is Ctrl-C', { isTTY: true }, 130],
  ])('sends nothing when %s', async (_, world, exitCode) => {
    const outcome = await tars(command, [], world);

    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.stderr).toContain(`  in context fake (http://127.0.0.1:${server().port}), namespace tars\n`);
    expect([sent(), executed]).toEqual([[], []]);
  });

  test('ends when Ctrl-C is pressed at the question', async () => {
    let press: () => void = () => undefined;
    const world = {
      isTTY: true,
      onReady: (it: () => void) => (press = it),
      onQuestion: () => {
        press();
      },
    };

    const { exitCode, stderr } = await tars(command, [], world);

    expect([exitCode, stderr]).toEqual([130, expect.stringMatching(/aborted\n$/) as string]);
    expect([sent(), executed]).toEqual([[], []]);
  });

  test.each([
    ['server', 'server: https://elsewhere.example:6443\n', []],
    ['context', 'context: other\n', ['--context', 'fake']],
    ['namespace', 'namespace: other\n', ['--namespace', 'tars']],
  ])('sends nothing to another %s than the pinned one', async (key, pin, more) => {
    project().write('tars.cluster.yaml', pin);

    const outcome = await tars(command, ['--yes', ...more]);

    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr).toContain(`TARS7023 cluster: tars.cluster.yaml says ${key}`);
    expect([writes(), executed]).toEqual([[], []]);
  });
});

/** Those that end by themselves. */
const DONE = CHANGES.flatMap(([command, event]) => (event === undefined ? [] : [[command, event] as const]));

test.each(DONE)('tars %s: a dry run changes nothing, and leaves no Event', async (command) => {
  const outcome = await tars(command, ['--dry-run']);

  expect([outcome.exitCode, outcome.stderr]).toEqual([0, expect.stringMatching(/^would /) as string]);
  expect([sent(), executed]).toEqual([[], []]);
  // There is no trial of a command.
  expect(writes().some(isTrial)).toBe(!command.startsWith('exec'));
});

test.each(DONE)('tars %s leaves an Event that says who did what', async (command, event) => {
  const { exitCode, stderr } = await tars(command, ['--yes']);

  expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('warning') as string]);
  expect(events()).toMatchObject([event]);
  expect(sent().length + executed.length).toBe(2);
});

test.each(DONE)('tars %s is done, whatever becomes of the Event', async (command) => {
  server().on(`POST ${EVENTS}`, refusal(403, 'Forbidden', 'you may not create events'));

  const { exitCode, stderr } = await tars(command, ['--yes']);

  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('warning: no Event was left: ') as string]);
  expect(sent().length + executed.length).toBe(2);
});

test('a pod whose eviction a budget forbids gets no Event', async () => {
  server().on(`POST ${POD}/eviction`, refusal(429, 'TooManyRequests', "it would violate the pod's disruption budget"));

  const { exitCode } = await tars('restart pod/backend-1', ['--yes']);

  expect([exitCode, events()]).toEqual([1, []]);
});

describe('a container with tools', () => {
  const waiting = { ...pod, status: { phase: 'Running' } };

  test('that does not come to run in time has left its Event', async () => {
    server().on(`GET /api/v1${NAMESPACE}/pods`, list(pod), list(waiting), silence);

    const { exitCode, stdout, stderr } = await tars('debug backend -- true', ['--yes', '--timeout', '100ms']);

    expect([exitCode, stdout]).toEqual([3, '']);
    expect(stderr).toContain('done: added debug-1 of busybox:1.37.0 to backend-1 to run true\n');
    expect(stderr).toMatch(/TARS7013 cluster: .*timed out after 0.1 s; debug-1 stays in pod backend-1\n/);
    expect(events()).toHaveLength(1);
    expect(executed).toEqual([]);
  });

  test('leaves standard output to its command', async () => {
    const { exitCode, stdout, stderr } = await tars('debug backend -- true', ['--yes']);

    expect([exitCode, stdout]).toEqual([0, '']);
    expect(stderr).toContain('done: added debug-1 of ');
  });

  test('that is not waited for any more has left its Event', async () => {
    let press: () => void = () => undefined;
    server()
      .on(`GET /api/v1${NAMESPACE}/pods`, list(pod), list(waiting), silence)
      // Ctrl-C comes when it is added, and its Event is not there yet.
      .on(`POST ${REVIEWS}`, (seen, response) => {
        press();
        json({ status: { userInfo: { username: 'jane' } } }, 201)(seen, response);
      });

    const { exitCode, stderr } = await tars('debug backend', ['--yes'], { ...PIPE, onReady: (it) => (press = it) });

    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/\naborted: debug-1 stays in pod backend-1\n$/);
    expect(events()).toHaveLength(1);
  });
});

describe('scaling that is waited for', () => {
  const FRONTEND = DEPLOYMENT.replace('backend', 'frontend');
  const named = (replicas: number, available: number): object => ({
    ...workload('tars-frontend'),
    metadata: { ...(workload('tars-frontend') as { metadata: object }).metadata, uid: 'u' },
    spec: { replicas, selector: { matchLabels: { app: 'x' } }, template: {} },
    status: { observedGeneration: 1, replicas, availableReplicas: available },
  });

  test('is written once, leaves its Event, and ends when so many serve', async () => {
    server().on(`GET /apis/apps/v1${NAMESPACE}/deployments`, list(named(2, 2)), list(named(5, 5)));

    const { exitCode, stdout } = await tars('scale frontend 5', ['--yes', '--wait']);

    expect([exitCode, stdout]).toEqual([0, 'done: scaled tars-frontend from 2 to 5\n5 serve\n']);
    expect(sent().map(({ method, path }) => `${method} ${path}`)).toEqual([`PUT ${FRONTEND}/scale`, `POST ${EVENTS}`]);
  });

  test('leaves alone what somebody else has made of it meanwhile, and says so', async () => {
    const scaleOf = (replicas: number): object => ({
      metadata: { name: 'tars-frontend', uid: 'u', resourceVersion: String(replicas) },
      spec: { replicas },
    });
    server()
      .on(`GET ${FRONTEND}/scale`, json(scaleOf(2)), json(scaleOf(9)))
      .on(`GET /apis/apps/v1${NAMESPACE}/deployments`, list(named(2, 2)), list(named(9, 2)));

    const { exitCode, stdout, stderr } = await tars('scale frontend 5', ['--yes', '--wait']);

    expect([exitCode, stdout]).toEqual([5, 'done: scaled tars-frontend from 2 to 5\n']);
    expect(stderr).toContain('TARS7007 cluster: somebody else scaled tars-frontend to 9 while 5 were waited for');
    expect(server().count(`PUT ${FRONTEND}/scale`)).toBe(1);
  });

  test('what has so many already is waited for as well, and gets no Event', async () => {
    server().on(`GET /apis/apps/v1${NAMESPACE}/deployments`, list(named(2, 1)), list(named(2, 2)));

    const { exitCode, stdout } = await tars('scale frontend 2', ['--yes', '--wait']);

    expect([exitCode, stdout]).toEqual([0, 'tars-frontend has 2 already\n2 serve\n']);
    expect(sent()).toEqual([]);
  });
});
