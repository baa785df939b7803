import type { ServerResponse } from 'node:http';
import { ComposeManager } from '../../../lib/ops/engine/compose-manager';
import { aContainer, answer, frame, useFakeEngine } from '../../support/fake-engine';
import type { EngineAnswer } from '../../support/fake-engine';

const engine = useFakeEngine();
const said = (service: string, number: number, ...seconds: readonly number[]): EngineAnswer => {
  const lines = seconds.map((second) =>
    frame('stdout', `2025-11-25T12:00:0${second}Z ${service} ${number} ${second}\n`),
  );
  return (_, response) => response.writeHead(200).end(Buffer.concat(lines));
};
const quiet: EngineAnswer = (_, response) => {
  response.writeHead(200).flushHeaders();
};
const shop = (): ComposeManager => new ComposeManager(engine().client(), { project: 'shop' });
const ended = { Status: 'exited', Running: false, FinishedAt: '2025-11-25T12:01:00Z' };

async function texts(query: Parameters<ComposeManager['monitorPodLogs']>[0]): Promise<string[]> {
  const got: string[] = [];
  for await (const { pod, text } of shop().monitorPodLogs(query)) got.push(`${pod}: ${text}`);
  return got;
}

test('of all containers, one after the other', async () => {
  engine()
    .has(aContainer('cache'), aContainer('web'))
    .on('GET /containers/id-cache-1/logs', said('cache', 1, 1, 2))
    .on('GET /containers/id-web-1/logs', said('web', 1, 1));

  expect(await texts({ follow: false })).toEqual([
    'shop-cache-1: cache 1 1',
    'shop-cache-1: cache 1 2',
    'shop-web-1: web 1 1',
  ]);
});

test('of the runs before the last start', async () => {
  const before = aContainer('web', { state: { FinishedAt: '2025-11-25T10:00:00Z' } });
  engine()
    .has(before)
    .on('GET /containers/id-web-1/logs', said('web', 1, 1));
  await texts({ pod: 'shop-web-1', follow: false, previous: true });
  expect(engine().seen.at(-1)?.query.get('until')).toBe('1764068401.000000000');

  engine().has(aContainer('web'));
  await expect(texts({ pod: 'shop-web-1', follow: false, previous: true })).rejects.toMatchObject({
    code: 'ContainerNotReady',
  });
});

test('a container that comes later is followed, from its beginning', async () => {
  const abort = new AbortController();
  const second = aContainer('web', { number: 2 });
  engine()
    .has(aContainer('web'))
    .on('GET /containers/id-web-2/json', answer(second))
    .on('GET /containers/json', answer([{ Id: 'id-web-1' }]), answer([{ Id: 'id-web-1' }, { Id: 'id-web-2' }]))
    .on('GET /containers/id-web-1/logs', quiet)
    .on('GET /containers/id-web-2/logs', said('web', 2, 1))
    .on('GET /events', (_, response) => {
      response.writeHead(200);
      response.write(
        `${JSON.stringify({ Action: 'start', timeNano: 1e18, Actor: { ID: 'id-web-2', Attributes: {} } })}\n`,
      );
    });
  const got: string[] = [];

  const reading = (async () => {
    for await (const { text } of shop().monitorPodLogs({ tailLines: 0, signal: abort.signal })) {
      got.push(text);
      abort.abort();
    }
  })();

  await reading.catch(() => undefined);
  expect(got).toEqual(['web 2 1']);
  const asked = engine().seen.filter(({ path }) => path.endsWith('/logs'));
  expect(asked.map(({ path, query }) => [path, query.get('tail')])).toEqual([
    ['/containers/id-web-1/logs', '0'],
    ['/containers/id-web-2/logs', null],
  ]);
  expect(await engine().openConnections()).toBeLessThanOrEqual(4);
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The log of one container: with a tail as the engine gives it, and from a moment on. */
const lastOf =
  (lines: readonly string[]): EngineAnswer =>
  ({ query }, response) => {
    const [tail, since] = [query.get('tail'), Number(query.get('since') ?? 0)];
    const found = lines.filter((text) => Date.parse(text.split(' ')[0] ?? '') / 1000 >= since);
    const given = tail === null || tail === 'all' ? found : found.slice(-Number(tail));
    response.writeHead(200).end(Buffer.concat(given.map((text) => frame('stdout', text))));
  };

test.each([
  ['of another container: it is not read again', '2025-11-25T11:00:00Z', ['new'], ['6', '7']],
  ['after which it was started again: only what is new', '2025-11-25T12:00:00Z', ['new'], ['6', '7', 'new']],
])('the last lines of one that has ended, and an event %s', async (_, startedAt, more, expected) => {
  const lines = Array.from({ length: 8 }, (__, i) => `2025-11-25T11:00:01.${i}00000000Z ${i}\n`);
  const STATE = 'GET /containers/id-migrate-1/json';
  const migrate = (StartedAt: string): ReturnType<typeof aContainer> =>
    aContainer('migrate', { state: { ...ended, StartedAt }, host: { RestartPolicy: { Name: 'no' } } });
  let isLater = false;
  let events: ServerResponse | undefined;
  const abort = new AbortController();
  engine()
    .has(migrate('2025-11-25T11:00:00Z'))
    .on(STATE, (seen, response) => {
      answer(migrate(isLater ? startedAt : '2025-11-25T11:00:00Z'))(seen, response);
    })
    .on('GET /containers/id-migrate-1/logs', (seen, response) => {
      lastOf(isLater ? [...lines, ...more.map((text) => `2025-11-25T12:00:01.000000000Z ${text}\n`)] : lines)(
        seen,
        response,
      );
    })
    .on('GET /events', (__, response) => {
      response.writeHead(200).flushHeaders();
      events = response;
    });
  const got: string[] = [];
  const reading = (async () => {
    for await (const { text } of shop().monitorPodLogs({ tailLines: 2, signal: abort.signal })) got.push(text);
  })();
  // It was looked at before it was read, and twice at its end: now it waits.
  await until(() => events !== undefined && engine().count(STATE) === 3 && got.length === 2);
  isLater = true;
  events?.write(`${JSON.stringify({ Action: 'start', timeNano: 1e18, Actor: { ID: 'id-web-1', Attributes: {} } })}\n`);
  await until(() => engine().count(STATE) > 3 && got.length >= expected.length);
  // What it should not read it had the time for.
  await new Promise((resolve) => setTimeout(resolve, 100));
  abort.abort();

  await expect(reading).rejects.toMatchObject({ code: 'Aborted' });
  expect(got).toEqual(expected);
});

test('one that ends and that nobody starts again ends its log', async () => {
  engine()
    .has(aContainer('web', { state: ended, host: { RestartPolicy: { Name: 'no' } } }))
    .on('GET /containers/id-web-1/logs', said('web', 1, 1, 2))
    .on('GET /events', quiet);

  expect(await texts({ pod: 'shop-web-1' })).toEqual(['shop-web-1: web 1 1', 'shop-web-1: web 1 2']);
});

test.each([
  ['not there', { pod: 'shop-cache-1' }, 'NotFound'],
  ['a selector that an engine does not know', { labelSelector: 'a!=b' }, 'Unsupported'],
])('%s', async (_, query, code) => {
  engine().has(aContainer('web'));

  await expect(texts(query)).rejects.toMatchObject({ code });
});
