import type { ServerResponse } from 'node:http';
import { podLogs } from '../../../lib/ops/cluster/pod-logs';
import type { LogsQuery } from '../../../lib/ops/cluster/pod-logs';
import type { Answer } from '../../support/fake-api-server';
import { json, refusal, useFakeApiServer } from '../../support/fake-api-server';
import { BACK_OFF, ENDED, line, listed, log, pod, PODS, RUNNING } from '../../support/fake-pods';

const server = useFakeApiServer();
const LOG = `GET ${PODS}/web/log`;

/** Ends by itself, so that a failing test does. */
async function* texts(query: LogsQuery): AsyncGenerator<string, void, undefined> {
  const client = await server().client();
  const signal = AbortSignal.timeout(120_000);
  for await (const { text } of podLogs({ client, namespace: 'tars' }, { labelSelector: 'app=web', signal, ...query }))
    yield text;
}

async function until(last: string, query: LogsQuery = {}): Promise<string[]> {
  const seen: string[] = [];
  for await (const text of texts(query)) {
    seen.push(text);
    if (text === last) break;
  }
  return seen;
}

/** A container with its runs, and a node that keeps two of them. */
class Node {
  public run = 0;
  public state: object = RUNNING;
  private readonly watches: ServerResponse[] = [];

  public constructor(private readonly runs: readonly (readonly string[])[]) {
    server()
      .on(`GET ${PODS}`, (seen, response) => {
        if (seen.query.get('watch') !== 'true') {
          listed(this.pod)(seen, response);
          return;
        }
        // Whatever happened since the version that it begins at.
        response.writeHead(200).write(this.change);
        this.watches.push(response);
      })
      .on(`GET ${PODS}/web`, (seen, response) => {
        json(this.pod)(seen, response);
      })
      .on(LOG, (seen, response) => {
        const isPrevious = seen.query.get('previous') === 'true' && this.state !== BACK_OFF;
        const lines = this.runs[isPrevious ? this.run - 1 : this.run] ?? [];
        if (seen.query.get('follow') !== 'true' || this.state !== RUNNING) log(lines)(seen, response);
        else response.writeHead(200).write(lines.join(''));
      });
  }

  /** The container is started again; watches tell of it. */
  public restart(run: number, state: object = RUNNING): void {
    this.run = run;
    this.state = state;
    for (const watch of this.watches) watch.write(this.change);
  }

  public cut(): void {
    for (const socket of server().connections) socket.destroy();
  }

  private get change(): string {
    return `${JSON.stringify({ type: 'MODIFIED', object: this.pod })}\n`;
  }

  private get pod(): object {
    return pod(this.state, this.run, 'Running', 'web', this.run > 0 ? ENDED : {});
  }
}

/** More lines than wait for a slow reader. */
const many = (run: number): string[] => Array.from({ length: 400 }, (_, i) => line(run * 10 + 1, i, `${run}.${i}`));
const few = (run: number): string[] => [line(run * 10 + 1, 1, `${run}.0`), line(run * 10 + 2, 1, `${run}.1`)];

/** Starts it again and again while the first lines wait to be read. */
async function slowly(node: Node, last: string, query: LogsQuery, ...states: readonly object[]): Promise<string[]> {
  const seen: string[] = [];
  for await (const text of texts(query)) {
    if (seen.length === 0) {
      for (const [i, state] of states.entries()) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        node.restart(i + 1, state);
        node.cut();
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    seen.push(text);
    if (text === last) break;
  }
  return seen.filter((text) => !text.startsWith('0.'));
}

test('a container that is started again while the reader is slow: both runs, each line once', async () => {
  const node = new Node([many(0), few(1)]);

  expect(await slowly(node, '1.1', {}, RUNNING)).toEqual(['1.0', '1.1']);
});

test('started again more often than the node keeps its runs: the last two, and that lines are lost', async () => {
  const node = new Node([many(0), few(1), few(2), few(3)]);
  const notices: string[] = [];
  const onNotice = (text: string): void => {
    notices.push(text);
  };

  expect(await slowly(node, '3.1', { onNotice }, RUNNING, RUNNING, RUNNING)).toEqual(['2.0', '2.1', '3.0', '3.1']);
  expect(notices).toContainEqual(expect.stringContaining('web/app was started again too often'));
});

test('one that crashed again and waits: the run before is nowhere any more', async () => {
  const node = new Node([many(0), few(1), few(2)]);

  expect(await slowly(node, '2.1', {}, RUNNING, BACK_OFF)).toEqual(['2.0', '2.1']);
});

test('runs that came and went while nobody watched', async () => {
  const node = new Node([few(0), few(1), few(2), few(3), few(4)]);
  const notices: string[] = [];
  const seen: string[] = [];
  const onNotice = (text: string): void => {
    notices.push(text);
  };
  for await (const text of texts({ onNotice })) {
    seen.push(text);
    if (text === '0.1') node.restart(4);
    if (text === '0.1') node.cut();
    if (text === '4.1') break;
  }

  expect(seen).toEqual(['0.0', '0.1', '3.0', '3.1', '4.0', '4.1']);
  expect(notices).toContainEqual(expect.stringContaining('2 runs'));
});

describe('the last lines only', () => {
  const all = Array.from({ length: 8 }, (_, i) => line(1, i * 100, `line ${i}`));

  test.each([
    ['newer ones only', all],
    // Two streams of one container.
    ['one that is a little older', [...all.slice(0, 7), line(1, 550, 'line 7')]],
  ])('a stream that is cut does not bring back the others: %s', async (_, lines) => {
    const more = line(1, 900, 'new');
    const cutOff: Answer = ({ query, request }, response) => {
      expect(query.get('tailLines')).toBe('2');
      response.writeHead(200);
      response.write(lines.slice(-2).join(''), () => request.socket.destroy());
    };
    server()
      .on(`GET ${PODS}`, listed(pod(RUNNING)))
      .on(`GET ${PODS}/web`, json(pod(RUNNING)))
      .on(LOG, cutOff, log([...lines, more]));

    expect(await until('new', { tailLines: 2 })).toEqual(['line 6', 'line 7', 'new']);
    expect(server().count(LOG)).toBe(2);
  });
});

describe('a server or node that is away for longer than a call is tried', () => {
  const away = Array<Answer>(20).fill(refusal(500, 'InternalError', 'dial tcp 10.0.0.7:10250: connect: refused'));

  test('a log goes on where it was', async () => {
    const cutOff: Answer = ({ request }, response) => {
      response.writeHead(200);
      response.write(few(0).join(''), () => request.socket.destroy());
    };
    server()
      .on(`GET ${PODS}`, listed(pod(RUNNING)))
      .on(`GET ${PODS}/web`, json(pod(RUNNING)))
      .on(LOG, cutOff, ...away, log([...few(0), ...few(1)]));

    expect(await until('1.1', { pod: 'web' })).toEqual(['0.0', '0.1', '1.0', '1.1']);
  });

  test('one node does not end the logs of the others, and is said once', async () => {
    const notices: string[] = [];
    const onNotice = (text: string): void => {
      notices.push(text);
    };
    server()
      .on(`GET ${PODS}`, listed(pod(RUNNING, 0, 'Running', 'far'), pod(RUNNING)))
      .on(`GET ${PODS}/web`, json(pod(RUNNING)))
      .on(`GET ${PODS}/far`, json(pod(RUNNING, 0, 'Running', 'far')))
      .on(`GET ${PODS}/far/log`, ...away, log(few(1)))
      .on(LOG, (_, response) => response.writeHead(200).write(few(0).join('')));

    expect(await until('1.1', { onNotice })).toEqual(['0.0', '0.1', '1.0', '1.1']);
    expect(notices).toEqual([expect.stringContaining('far/app')]);
  });
});
