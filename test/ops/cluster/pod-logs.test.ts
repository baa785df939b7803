import { cut, json, refusal, useFakeApiServer } from '../../support/fake-api-server';
import { BACK_OFF, ENDED, line, listed, log, pod, PODS, RUNNING } from '../../support/fake-pods';
import { podLogs } from '../../../lib/ops/cluster/pod-logs';
import type { LogsQuery } from '../../../lib/ops/cluster/pod-logs';

const server = useFakeApiServer();

async function read(query: LogsQuery): Promise<string[]> {
  const client = await server().client();
  const texts: string[] = [];
  for await (const { text } of podLogs({ client, namespace: 'tars' }, query)) texts.push(text);
  return texts;
}

/** Several lines a second, two with one timestamp, one out of order, as two streams of one container have them. */
const LINES = [
  ...[line(1, 100, 'a'), line(1, 200, 'b'), line(1, 200, 'b'), line(2, 5, 'c'), line(1, 999, 'late')],
  ...[line(2, 6, 'd'), line(2, 7, 'e'), line(3, 1, 'f'), line(9, 1, 'g')],
];
const TEXTS = ['a', 'b', 'b', 'c', 'late', 'd', 'e', 'f', 'g'];
const LENGTH = LINES.join('').length;

test.each(Array.from({ length: Math.ceil(LENGTH / 7) }, (_, i) => i * 7))(
  'a stream that is cut after %i bytes loses and doubles no line',
  async (at) => {
    server()
      .on(`GET ${PODS}`, listed(pod(ENDED, 0, 'Succeeded')))
      .on(`GET ${PODS}/web`, json(pod(RUNNING)), json(pod(ENDED)))
      .on(`GET ${PODS}/web/log`, log(LINES, at), log(LINES));

    expect(await read({ pod: 'web' })).toEqual(TEXTS);
  },
);

test('cut again and again, it comes to its end', async () => {
  const cuts = [40, 90, 33, 120, 200, 250].map((at) => log(LINES, at));
  server()
    .on(`GET ${PODS}`, listed(pod(ENDED, 0, 'Succeeded')))
    .on(`GET ${PODS}/web`, ...cuts.map(() => json(pod(RUNNING))), json(pod(ENDED)))
    .on(`GET ${PODS}/web/log`, ...cuts, log(LINES));

  expect(await read({ pod: 'web' })).toEqual(TEXTS);
});

test('a stream that ends although the container runs is opened again; half a line is not given', async () => {
  const half = LINES.slice(0, 3).join('') + line(2, 5, 'c').slice(0, -2);
  server()
    .on(`GET ${PODS}`, listed(pod(ENDED, 0, 'Succeeded')))
    .on(`GET ${PODS}/web`, json(pod(RUNNING)), json(pod(RUNNING)), json(pod(ENDED)))
    .on(`GET ${PODS}/web/log`, (_, response) => response.end(half), log(LINES));

  expect(await read({ pod: 'web' })).toEqual(TEXTS);
});

test('a last line without an end is given', async () => {
  server()
    .on(`GET ${PODS}`, listed(pod(ENDED, 0, 'Succeeded')))
    .on(`GET ${PODS}/web`, json(pod(ENDED)))
    .on(`GET ${PODS}/web/log`, (_, response) => response.end(line(1, 1, 'a') + line(1, 2, 'no end').trimEnd()));

  expect(await read({ pod: 'web' })).toEqual(['a', 'no end']);
});

test('a container that was started again while the stream was cut: the rest of its run before comes first', async () => {
  server()
    .on(`GET ${PODS}`, listed(pod(ENDED, 0, 'Succeeded')))
    .on(`GET ${PODS}/web`, json(pod(RUNNING, 1)))
    .on(`GET ${PODS}/web/log`, log(LINES, 100), log(LINES));

  expect(await read({ pod: 'web' })).toEqual(TEXTS);
  expect(server().seen.at(-2)?.query.get('previous') ?? server().seen.at(-1)?.query.get('previous')).toBe('true');
});

test('the node serves the next run before the server knows of it: the rest of the run before comes first', async () => {
  const next = [line(4, 1, 'next'), line(5, 1, 'run')];
  const streams = [log(LINES, 100), log(next), log(next)];
  server()
    .on(`GET ${PODS}`, listed(pod(ENDED, 0, 'Succeeded')))
    .on(`GET ${PODS}/web`, json(pod(RUNNING)), json(pod(RUNNING)), json(pod(RUNNING, 1)))
    .on(`GET ${PODS}/web/log`, (seen, response) => {
      if (seen.query.get('previous') === 'true') log(LINES)(seen, response);
      else streams.shift()?.(seen, response);
    });

  expect(await read({ pod: 'web' })).toEqual(TEXTS);
});

test('a log that was rotated away goes on where it begins now', async () => {
  server()
    .on(`GET ${PODS}`, listed(pod(ENDED, 0, 'Succeeded')))
    .on(`GET ${PODS}/web`, ...Array.from({ length: 7 }, () => json(pod(RUNNING))), json(pod(ENDED)))
    .on(`GET ${PODS}/web/log`, log(LINES.slice(0, 2), 60), log([line(9, 1, 'later')]));

  expect((await read({ pod: 'web' })).at(-1)).toBe('later');
});

test('none of the lines that are there: tailLines 0 is asked for', async () => {
  server()
    .on(`GET ${PODS}`, listed(pod(ENDED, 0, 'Succeeded')))
    .on(`GET ${PODS}/web`, json(pod(ENDED)))
    .on(`GET ${PODS}/web/log`, log([]));

  expect(await read({ pod: 'web', tailLines: 0 })).toEqual([]);
  expect(
    server()
      .seen.find(({ path }) => path.endsWith('/log'))
      ?.query.get('tailLines'),
  ).toBe('0');
});

test('without follow, a stream that is cut goes on as well', async () => {
  server()
    .on(`GET ${PODS}`, listed(pod(RUNNING)))
    .on(`GET ${PODS}/web`, json(pod(RUNNING)))
    .on(`GET ${PODS}/web/log`, log(LINES, 150), log(LINES));

  expect(await read({ pod: 'web', follow: false })).toEqual(TEXTS);
});

test('a pod that is not there', async () => {
  server().on(`GET ${PODS}`, json({ metadata: {}, items: [] }));

  await expect(read({ pod: 'web', follow: false })).rejects.toMatchObject({ code: 'NotFound' });
});

test.each([
  ['is being made', 'container "app" in pod "web" is waiting to start: ContainerCreating'],
  ['has no run before', 'previous terminated container "app" in pod "web" not found'],
])('the words of the server about one that %s', async (_, words) => {
  server()
    .on(`GET ${PODS}`, listed(pod({ waiting: { reason: 'ContainerCreating' } })))
    .on(`GET ${PODS}/web/log`, refusal(400, 'BadRequest', words));

  const message = expect.stringContaining(words) as string;
  await expect(read({ pod: 'web', follow: false })).rejects.toMatchObject({ code: 'ContainerNotReady', message });
});

test('one without a node, whose log is empty', async () => {
  server()
    .on(`GET ${PODS}`, listed(pod({ waiting: { reason: 'ContainerCreating' } })))
    .on(`GET ${PODS}/web/log`, log([]));

  await expect(read({ pod: 'web', follow: false })).rejects.toMatchObject({ code: 'ContainerNotReady' });
  await expect(read({ pod: 'web', container: 'other', follow: false })).rejects.toMatchObject({ code: 'NotFound' });
});

test('the words of a refusal are kept', async () => {
  server()
    .on(`GET ${PODS}`, listed(pod(RUNNING)))
    .on(`GET ${PODS}/web`, json(pod(RUNNING)))
    .on(`GET ${PODS}/web/log`, refusal(403, 'Forbidden', 'cannot get resource "pods/log"'));

  await expect(read({ pod: 'web' })).rejects.toMatchObject({ code: 'Forbidden' });
});

test('an abort, and a reader that stops, end it without a connection left', async () => {
  server()
    .on(`GET ${PODS}`, listed(pod(RUNNING)))
    .on(`GET ${PODS}/web`, json(pod(RUNNING)))
    .on(`GET ${PODS}/web/log`, (_, response) => response.writeHead(200).write(LINES.join('')));
  const client = await server().client();
  const abort = new AbortController();
  const texts: string[] = [];
  const reading = (async () => {
    for await (const { text } of podLogs({ client, namespace: 'tars' }, { pod: 'web', signal: abort.signal })) {
      texts.push(text);
      if (texts.length === TEXTS.length) abort.abort();
    }
  })();

  await expect(reading).rejects.toMatchObject({ code: 'Aborted' });
  for await (const { text } of podLogs({ client, namespace: 'tars' }, { pod: 'web' })) if (text === 'c') break;
  client.close();
  while (server().connections.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(server().connections.size).toBe(0);
});

test('a server that is away for good is said, not waited for', async () => {
  server()
    .on(`GET ${PODS}`, listed(pod(RUNNING)))
    .on(`GET ${PODS}/web`, json(pod(RUNNING)))
    .on(`GET ${PODS}/web/log`, cut);

  await expect(read({ pod: 'web' })).rejects.toMatchObject({ code: 'ConnectionLost' });
});

describe('a container that crashes again and again', () => {
  const crashed = pod(BACK_OFF, 3, 'Running', 'web', ENDED);

  test.each([
    ['of its workload', { labelSelector: 'app=web', follow: false }],
    ['of all', { follow: false }],
    ['of the pod', { pod: 'web', follow: false }],
  ])('has the log of its last run: %s', async (_, query) => {
    server().on(`GET ${PODS}`, listed(crashed)).on(`GET ${PODS}/web/log`, log(LINES));

    expect(await read(query)).toEqual(TEXTS);
  });

  test('is followed: the run that has ended, and then the next', async () => {
    const next = [line(20, 1, 'next')];
    let isNext = false;
    const now = (): object => (isNext ? pod(RUNNING, 4, 'Running', 'web', ENDED) : crashed);
    server()
      .on(`GET ${PODS}`, (seen, response) => {
        if (seen.query.get('watch') !== 'true') {
          listed(now())(seen, response);
          return;
        }
        response.writeHead(200);
        response.flushHeaders();
        const timer = setInterval(() => {
          if (!isNext) return;
          clearInterval(timer);
          response.write(`${JSON.stringify({ type: 'MODIFIED', object: now() })}\n`);
        }, 5);
      })
      .on(`GET ${PODS}/web`, (seen, response) => {
        json(now())(seen, response);
      })
      .on(`GET ${PODS}/web/log`, (seen, response) => {
        log(isNext ? next : LINES)(seen, response);
      });
    const client = await server().client();
    const signal = AbortSignal.timeout(120_000);
    const texts: string[] = [];
    for await (const { text } of podLogs({ client, namespace: 'tars' }, { labelSelector: 'app=web', signal })) {
      texts.push(text);
      if (text === 'g') isNext = true;
      if (text === 'next') break;
    }

    expect(texts).toEqual([...TEXTS, 'next']);
  });
});

test('a pod that is deleted before its log is read takes none of the others', async () => {
  server()
    .on(`GET ${PODS}`, listed(pod(RUNNING, 0, 'Running', 'gone'), pod(RUNNING)))
    .on(`GET ${PODS}/gone/log`, refusal(404, 'NotFound', 'pods "gone" not found'))
    .on(`GET ${PODS}/web/log`, log(LINES));

  expect(await read({ labelSelector: 'app=web', follow: false })).toEqual(TEXTS);
  await expect(read({ pod: 'gone', follow: false })).rejects.toMatchObject({ code: 'NotFound' });
});

describe('a node that is away takes none of the other logs', () => {
  const unreachable = refusal(500, 'InternalError', 'Get "https://10.0.0.1:10250": connect: connection refused');
  const three = listed(...['far', 'web', 'lost'].map((name) => pod(RUNNING, 0, 'Running', name)));
  async function readAll(query: LogsQuery): Promise<{ readonly texts: string[]; readonly error: unknown }> {
    const client = await server().client();
    const texts: string[] = [];
    try {
      for await (const { text } of podLogs({ client, namespace: 'tars' }, query)) texts.push(text);
      return { texts, error: undefined };
    } catch (error) {
      return { texts, error };
    }
  }

  test('which could not be read is said at the end', async () => {
    server()
      .on(`GET ${PODS}`, three)
      .on(`GET ${PODS}/far/log`, unreachable)
      .on(`GET ${PODS}/web/log`, log(LINES))
      .on(`GET ${PODS}/lost`, json(pod(RUNNING, 0, 'Running', 'lost')))
      .on(`GET ${PODS}/lost/log`, log(LINES, 100), unreachable);

    const { texts, error } = await readAll({ labelSelector: 'app=web', follow: false });

    expect(texts).toEqual([...TEXTS, 'a', 'b', 'b']);
    expect(error).toMatchObject({
      ...{ code: 'ApiUnavailable', retryable: true },
      message: expect.stringMatching(
        /^2 of 3 logs could not be read: far\/app: .*connection refused; lost\/app: .*connection refused$/,
      ) as string,
    });
  });

  test('of one log alone, the words are those of the server', async () => {
    server()
      .on(`GET ${PODS}`, listed(pod(RUNNING)))
      .on(`GET ${PODS}/web/log`, unreachable);

    const { error } = await readAll({ labelSelector: 'app=web', follow: false });

    expect(error).toMatchObject({
      code: 'ApiUnavailable',
      message: expect.stringMatching(/^GET .*refused$/) as string,
    });
  });

  test('who may read none asks once', async () => {
    server()
      .on(`GET ${PODS}`, three)
      .on(`GET ${PODS}/far/log`, refusal(403, 'Forbidden', 'cannot get pods/log'));

    expect((await readAll({ follow: false })).error).toMatchObject({ code: 'Forbidden' });
    expect(server().count(`GET ${PODS}/web/log`)).toBe(0);
  });
});

test.each([true, false])('a signal that has ended before the first line ends it (follow: %s)', async (follow) => {
  server()
    .on(`GET ${PODS}`, listed(pod(RUNNING)))
    .on(`GET ${PODS}/web`, json(pod(RUNNING)))
    .on(`GET ${PODS}/web/log`, (_, response) => {
      response.writeHead(200).flushHeaders();
    });

  await expect(read({ follow, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'Aborted' });
});
