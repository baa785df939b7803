import { ComposeManager } from '../../../lib/ops/engine/compose-manager';
import type { ComposeRun, RunCompose } from '../../../lib/ops/engine/compose-project';
import { aContainer, useFakeEngine } from '../../support/fake-engine';

const engine = useFakeEngine();
const CONFIG = { status: 0, stdout: JSON.stringify({ services: { web: {} } }), stderr: '' };
const DONE = { status: 0, stdout: '', stderr: '' };
const never = (): Promise<ComposeRun> => new Promise(() => undefined);

/** A manager whose Compose reads a file with one service, and does this for `up`. */
function shop(up: RunCompose, config: RunCompose = () => Promise.resolve(CONFIG)): ComposeManager {
  const compose: RunCompose = (args, signal) => (args.includes('up') ? up : config)(args, signal);
  return new ComposeManager(engine().client(), { project: 'shop', compose });
}

/** So many containers of the service, of which some do not run. */
function has(count: number, idle = 0): void {
  const state = { Status: 'created', Running: false };
  engine().has(
    ...Array.from({ length: count }, (_, at) => aContainer('web', { number: at + 1, ...(at < idle && { state }) })),
  );
}

beforeEach(() => {
  has(1);
});

test.each([
  ['with 130', { status: 130, stdout: '', stderr: 'canceled' }, 'Aborted'],
  ['by SIGINT', { status: undefined, signal: 'SIGINT', stdout: '', stderr: '' }, 'Aborted'],
  ['by another signal', { status: undefined, signal: 'SIGKILL', stdout: '', stderr: '' }, 'Refused'],
  ['because nobody has it', { status: undefined, stdout: '', stderr: '' }, 'ClientMissing'],
  ['with a failure', { status: 1, stdout: '', stderr: 'no space' }, 'Refused'],
])('Compose ends %s', async (_, run, code) => {
  const scaled = shop(() => Promise.resolve(run)).scaleDeployment('web', 3);

  await expect(scaled).rejects.toMatchObject({ code, system: 'engine', left: undefined });
});

test('a signal that ended Compose is named', async () => {
  const killed = { status: undefined, signal: 'SIGKILL', stdout: '', stderr: '' };

  await expect(shop(() => Promise.resolve(killed)).scaleDeployment('web', 3)).rejects.toThrow(
    'docker compose up: ended by SIGKILL',
  );
});

test.each([
  ['half of it', 2, 0, 'web had 1 containers, should have 3, and has 2'],
  ['all of it, and some not started', 3, 2, 'web had 1 containers, should have 3, and has 3, 2 of them not running'],
  ['all of it', 3, 0, 'web has been scaled from 1 to 3'],
])('what an interrupted Compose has left is said: %s', async (_, count, idle, left) => {
  const scaled = shop(() => {
    has(count, idle);
    return Promise.resolve({ status: 130, stdout: '', stderr: '' });
  }).scaleDeployment('web', 3);

  await expect(scaled).rejects.toMatchObject({
    ...{ code: 'Aborted', left },
    remedy: '`tars scale web 3 --target compose` goes on, `tars scale web 1 --target compose` goes back',
  });
});

test('a scale that fails midway says what there is', async () => {
  const scaled = shop(() => {
    has(2, 1);
    return Promise.resolve({ status: 1, stdout: '', stderr: 'no such image' });
  }).scaleDeployment('web', 3);

  await expect(scaled).rejects.toThrow(
    'docker compose up: no such image; web had 1 containers, should have 3, and has 2, 1 of them not running',
  );
});

test('what was begun is finished when it is called off', async () => {
  const abort = new AbortController();
  let isEnded: boolean | undefined;
  const scaled = shop(async (_, signal) => {
    abort.abort();
    await new Promise((resolve) => setTimeout(resolve, 50));
    isEnded = signal.aborted;
    has(3);
    return DONE;
  }).scaleDeployment('web', 3, { signal: abort.signal, wait: true });

  await expect(scaled).rejects.toMatchObject({ code: 'Aborted', left: 'web has been scaled from 1 to 3' });
  expect(isEnded).toBe(false);
});

test.each([
  ['a time-out', { timeoutMs: 100 }, 'Timeout'],
  ['its caller', { signal: AbortSignal.timeout(1) }, 'Aborted'],
])('Compose that hangs before anything was begun is called off at once by %s', async (_, options, code) => {
  await expect(shop(never, never).scaleDeployment('web', 3, options)).rejects.toMatchObject({ code, left: undefined });
});

test.each([
  ['status', (manager: ComposeManager, signal: AbortSignal) => manager.workloads(signal)],
  ['rolloutStatus', (manager: ComposeManager, signal: AbortSignal) => manager.rolloutStatus({ name: 'web' }, signal)],
  [
    'waitForRollout',
    (manager: ComposeManager, signal: AbortSignal) => manager.waitForRollout({ name: 'web' }, { signal }),
  ],
])('%s does not wait for a Compose that hangs', async (_, call) => {
  const abort = new AbortController();
  const manager = shop(never, () => {
    abort.abort();
    return never();
  });

  await expect(call(manager, abort.signal)).rejects.toMatchObject({ code: 'Aborted' });
});

test('the time-out of a rollout is one for all of it', async () => {
  const waiting = shop(never, never).waitForRollout({ name: 'web' }, { timeoutMs: 100 });

  await expect(waiting).rejects.toMatchObject({ code: 'Timeout' });
});

describe('a Compose that does not finish', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'Date'] }));
  afterEach(() => jest.useRealTimers());

  test('is ended after ten seconds, and the time that containers have to stop', async () => {
    const abort = new AbortController();
    let signal: AbortSignal | undefined;
    let begun = (): void => undefined;
    const isBegun = new Promise<void>((resolve) => (begun = resolve));
    const scaled = shop((_, given) => {
      signal = given;
      has(2);
      begun();
      return never();
    }).scaleDeployment('web', 3, { signal: abort.signal });
    const end = scaled.catch((error: unknown) => error);

    await isBegun;
    abort.abort();
    jest.advanceTimersByTime(19_900);
    expect(signal?.aborted).toBe(false);
    jest.advanceTimersByTime(200);
    expect(signal?.aborted).toBe(true);
    expect(await end).toMatchObject({
      ...{ code: 'Aborted', left: 'web had 1 containers, should have 3, and has 2' },
    });
  });
});
