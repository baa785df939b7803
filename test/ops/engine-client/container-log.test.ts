import { engineLog } from '../../../lib/ops/engine-client/container-log';
import type { EngineAnswer } from '../../support/fake-engine';
import { aContainer, answer, frame, refuse, useFakeEngine } from '../../support/fake-engine';

const engine = useFakeEngine();
const LOGS = 'GET /containers/c/logs';
const STATE = 'GET /containers/c/json';
const stamp = (n: number): string => `2025-11-25T12:00:0${Math.floor(n / 10)}.${n % 10}00000000Z`;
const line = (n: number): Buffer => frame('stdout', `${stamp(n)} line ${n}\n`);
const exited = answer(aContainer('c', { state: { Status: 'exited', Running: false } }));

/** Lines from one on, as the engine cuts them: not before the moment that is asked for. */
const from =
  (first: number, last: number, end: 'whole' | 'cut' | 'half'): EngineAnswer =>
  ({ query, request }, response) => {
    const since = Number(query.get('since') ?? 0) * 1000;
    response.writeHead(200);
    for (let n = first; n <= last; n++) if (Date.parse(stamp(n)) >= since) response.write(line(n));
    if (end === 'half') response.write(line(last + 1).subarray(0, 20));
    if (end === 'whole') response.end();
    else setTimeout(() => request.socket.destroy(), 20);
  };

async function texts(query: Partial<Parameters<typeof engineLog>[1]> = {}): Promise<string[]> {
  const got: string[] = [];
  const log = { container: 'c', isTty: false, follow: true, signal: new AbortController().signal, ...query };
  for await (const { text } of engineLog(engine().client(), log)) got.push(text);
  return got;
}

test.each(['cut', 'half'] as const)(
  'a log that is %s is taken up where it was: no line is lost or doubled',
  async (end) => {
    engine()
      .on(LOGS, from(0, 12, end), from(0, 25, end), from(0, 39, 'whole'))
      .on(STATE, exited);

    expect(await texts()).toEqual(Array.from({ length: 40 }, (_, n) => `line ${n}`));
    expect(engine().count(LOGS)).toBe(3);
  },
);

test('a container that is started again is read on', async () => {
  engine()
    .on(LOGS, from(0, 9, 'whole'), from(0, 19, 'whole'))
    .on(STATE, answer(aContainer('c')), exited);

  expect(await texts()).toEqual(Array.from({ length: 20 }, (_, n) => `line ${n}`));
});

test('lines of one moment are told apart by their number', async () => {
  const same = frame('stdout', `${stamp(5)} same\n`);
  engine()
    .on(
      LOGS,
      ({ request }, response) => {
        response.writeHead(200);
        response.write(Buffer.concat([same, same]), () => setTimeout(() => request.socket.destroy(), 20));
      },
      (_, response) => response.writeHead(200).end(Buffer.concat([same, same, same])),
    )
    .on(STATE, exited);

  expect(await texts()).toEqual(['same', 'same', 'same']);
});

test('a long line comes in parts, each with a timestamp, between which the other stream speaks', async () => {
  const part = (text: string): string => `${stamp(1)} ${text}`;
  engine()
    .on(LOGS, (_, response) => {
      response.writeHead(200);
      response.write(frame('stdout', part('aaa')));
      response.write(frame('stderr', part('error\n')));
      response.write(frame('stdout', part('bbb')));
      response.end(frame('stdout', part('ccc\n')));
    })
    .on(STATE, exited);

  expect(await texts()).toEqual(['error', 'aaabbbccc']);
});

test('last words without an end, an empty line, and words without a timestamp', async () => {
  engine()
    .on(LOGS, (_, response) => {
      response.writeHead(200);
      response.write(frame('stdout', `${stamp(1)} \n`));
      response.write(frame('stderr', 'Error grabbing logs: no\n'));
      response.end(frame('stdout', `${stamp(2)} last words`));
    })
    .on(STATE, exited);

  expect(await texts()).toEqual(['', 'Error grabbing logs: no', 'last words']);
});

test('with a terminal the log has no frames', async () => {
  engine()
    .on(LOGS, (_, response) => response.writeHead(200).end(`${stamp(1)} one\r\n${stamp(2)} two\r\n`))
    .on(STATE, exited);

  expect(await texts({ isTty: true })).toEqual(['one', 'two']);
});

test('what is asked for', async () => {
  engine().on(LOGS, (_, response) => response.writeHead(200).end());

  await texts({ follow: false, tailLines: 5, since: '2025-11-25T12:00:00.123456789Z', until: '2025-11-25T12:00:09Z' });

  expect(Object.fromEntries(engine().seen.at(-1)?.query ?? [])).toEqual({
    ...{ stdout: 'true', stderr: 'true', timestamps: 'true', follow: 'false', tail: '5' },
    ...{ since: '1764072000.123456789', until: '1764072009.000000000' },
  });
});

test.each([
  [404, 'No such container: c', 'NotFound'],
  [501, 'configured logging driver does not support reading', 'Unsupported'],
])('%i is %s', async (status, message, code) => {
  engine().on(LOGS, refuse(status, message));

  await expect(texts()).rejects.toMatchObject({ code });
});

test('the signal ends it, and leaves no connection', async () => {
  const abort = new AbortController();
  engine().on(LOGS, (_, response) => {
    response.writeHead(200);
    response.write(line(1));
    setTimeout(() => {
      abort.abort();
    }, 50);
  });
  const client = engine().client();
  const got: string[] = [];

  const reading = (async () => {
    const log = { container: 'c', isTty: false, follow: true, signal: abort.signal };
    for await (const { text } of engineLog(client, log)) got.push(text);
  })();

  await expect(reading).rejects.toMatchObject({ code: 'Aborted' });
  expect(got).toEqual(['line 1']);
  client.close();
  expect(await engine().openConnections()).toBe(0);
});

test('a reader that stops leaves no connection', async () => {
  engine().on(LOGS, (_, response) => {
    response.writeHead(200);
    response.write(line(1));
  });
  const client = engine().client();
  const log = { container: 'c', isTty: false, follow: true, signal: new AbortController().signal };

  for await (const { text } of engineLog(client, log)) if (text !== '') break;

  client.close();
  expect(await engine().openConnections()).toBe(0);
});
