import type { ServerResponse } from 'node:http';
import type { Pod } from '../../../lib/ops/cluster-client/objects';
import { RESOURCES } from '../../../lib/ops/cluster-client/resources';
import { observe } from '../../../lib/ops/cluster-client/watch';
import type { Answer } from '../../support/fake-api-server';
import { cut, json, refusal, silence, useFakeApiServer } from '../../support/fake-api-server';

const PODS = '/api/v1/namespaces/tars/pods';
const server = useFakeApiServer();

const pod = (name: string, resourceVersion: string): object => ({ metadata: { name, uid: name, resourceVersion } });
const listOf = (resourceVersion: string, ...pods: readonly object[]): Answer =>
  json({ metadata: { resourceVersion }, items: pods });

/** Lists and watches come to the same path. */
const pods =
  (lists: readonly Answer[], watches: readonly Answer[]): Answer =>
  (seen, response) => {
    const isWatch = seen.query.get('watch') === 'true';
    const [answers, at] = isWatch ? [watches, used.watches++] : [lists, used.lists++];
    (answers[at] ?? answers.at(-1) ?? silence)(seen, response);
  };
const used = { lists: 0, watches: 0 };
beforeEach(() => {
  used.lists = 0;
  used.watches = 0;
});

/** A watch that says these lines and then ends so. */
const says =
  (events: readonly object[], end: (response: ServerResponse) => void): Answer =>
  (_, response) => {
    response.writeHead(200);
    const text = events.map((event) => `${JSON.stringify(event)}\n`).join('');
    response.write(text, () => {
      end(response);
    });
  };
const stays = (): void => undefined;
const ends = (response: ServerResponse): void => {
  response.end();
};
const breaks = (response: ServerResponse): void => {
  response.socket?.destroy();
};
const added = (name: string, version: string): object => ({ type: 'ADDED', object: pod(name, version) });
const deleted = (name: string, version: string): object => ({ type: 'DELETED', object: pod(name, version) });
const bookmark = (version: string): object => ({
  type: 'BOOKMARK',
  object: { metadata: { resourceVersion: version } },
});
const tooOld = { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } };

/** Names at each step, until these are seen. */
async function namesUntil(...last: readonly string[]): Promise<string[][]> {
  const client = await server().client();
  const abort = new AbortController();
  const seen: string[][] = [];
  for await (const state of observe<Pod>(client, RESOURCES.Pod, { namespace: 'tars', signal: abort.signal })) {
    seen.push([...state.values()].map((one) => one.metadata.name).sort());
    if (JSON.stringify(seen.at(-1)) === JSON.stringify(last)) break;
  }
  return seen;
}
const watchedFrom = (): (string | null)[] =>
  server()
    .seen.filter(({ query }) => query.get('watch') === 'true')
    .map(({ query }) => query.get('resourceVersion'));

test('the state, and the state after each change', async () => {
  server().on(`GET ${PODS}`, pods([listOf('1', pod('a', '1'))], [says([added('b', '2'), deleted('a', '3')], stays)]));

  expect(await namesUntil('b')).toEqual([['a'], ['a', 'b'], ['b']]);
});

test.each([
  ['ends, as agreed', ends],
  ['is cut', breaks],
])('a watch that %s is opened anew where it was', async (_, end) => {
  server().on(
    `GET ${PODS}`,
    pods([listOf('1')], [says([added('a', '5'), bookmark('9')], end), says([added('b', '10')], stays)]),
  );

  expect(await namesUntil('a', 'b')).toEqual([[], ['a'], ['a', 'b']]);
  expect(watchedFrom()).toEqual(['1', '9']);
});

test('a line that was cut is no event', async () => {
  const half: Answer = ({ request }, response) => {
    response.writeHead(200);
    response.write('{"type":"ADDED","obj', () => request.socket.destroy());
  };
  server().on(`GET ${PODS}`, pods([listOf('1')], [half, says([added('a', '2')], stays)]));

  expect(await namesUntil('a')).toEqual([[], ['a']]);
});

test.each([
  ['an event', says([tooOld], ends)],
  ['an answer', refusal(410, 'Expired', 'too old')],
])('a version that is too old, as %s, is listed anew: what was deleted meanwhile is gone', async (_, answer) => {
  server().on(
    `GET ${PODS}`,
    pods([listOf('1', pod('a', '1')), listOf('90', pod('b', '80'))], [answer, says([], stays)]),
  );

  expect(await namesUntil('b')).toEqual([['a'], ['b']]);
});

test('errors of another kind do not stop it', async () => {
  const broken = { type: 'ERROR', object: { kind: 'Status', code: 500, reason: 'InternalError', message: 'etcd' } };
  server().on(
    `GET ${PODS}`,
    pods(
      [listOf('1')],
      [says([broken], ends), refusal(503, 'ServiceUnavailable', 'later'), says([added('a', '2')], stays)],
    ),
  );

  expect(await namesUntil('a')).toContainEqual(['a']);
});

test.each([
  ['refuses', refusal(503, 'ServiceUnavailable', 'the apiserver is shutting down')],
  ['cuts every connection', cut],
])('a server that %s for longer than a call is tried is waited for', async (_, away) => {
  const lists = [listOf('1', pod('a', '1')), ...Array<Answer>(20).fill(away), listOf('90', pod('b', '80'))];
  server().on(
    `GET ${PODS}`,
    pods(lists, [says([tooOld], ends), ...Array<Answer>(20).fill(away), says([added('c', '91')], stays)]),
  );

  // The same state may come more than once.
  expect([...new Set((await namesUntil('b', 'c')).map(String))]).toEqual(['a', 'b', 'b,c']);
});

test('a server that is busy is not asked for a list as well', async () => {
  const busy = Array<Answer>(12).fill(refusal(429, 'TooManyRequests', 'later'));
  server().on(`GET ${PODS}`, pods([listOf('1')], [...busy, says([added('a', '2')], stays)]));

  expect(await namesUntil('a')).toEqual([[], ['a']]);
});

test('a server that is away when it begins is said', async () => {
  server().on(`GET ${PODS}`, refusal(503, 'ServiceUnavailable', 'the apiserver is shutting down'));

  await expect(namesUntil('a')).rejects.toMatchObject({ code: 'ApiUnavailable' });
});

test('what does not pass by itself does', async () => {
  server().on(`GET ${PODS}`, pods([listOf('1')], [refusal(403, 'Forbidden', 'may not watch')]));

  await expect(namesUntil('a')).rejects.toMatchObject({ code: 'Forbidden' });
});

test('an abort ends it, with its connection', async () => {
  server().on(`GET ${PODS}`, pods([listOf('1')], [says([], stays)]));
  const client = await server().client();
  const abort = new AbortController();
  const states = observe<Pod>(client, RESOURCES.Pod, { namespace: 'tars', signal: abort.signal });
  await states.next();
  const next = states.next();
  while (used.watches === 0) await new Promise((resolve) => setTimeout(resolve, 5));

  abort.abort();

  await expect(next).rejects.toMatchObject({ code: 'Aborted' });
  client.close();
  while (server().connections.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(server().connections.size).toBe(0);
});

test('a reader that stops leaves no connection', async () => {
  server().on(`GET ${PODS}`, pods([listOf('1')], [says([added('a', '2')], stays)]));

  await namesUntil('a');

  while ([...server().connections].some(({ destroyed, bytesWritten }) => !destroyed && bytesWritten === 0))
    await new Promise((resolve) => setTimeout(resolve, 5));
  const watch = server().seen.find(({ query }) => query.get('watch') === 'true');
  while (watch?.request.socket.destroyed === false) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(watch?.request.socket.destroyed).toBe(true);
});
