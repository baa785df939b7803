import type { ComposeHealthcheck } from '../../lib/compose/compose-file';
import { renderCompose } from '../../lib/compose/render-compose';
import type { HealthProps, RunAsProps, ServiceProps } from '../../lib/model/service-props';
import { aSystem } from '../support/builders';

type Client = NonNullable<RunAsProps['httpClient']>;

function web(props: ServiceProps): ReturnType<typeof renderCompose> {
  return renderCompose(aSystem({ services: [{ ports: [{ name: 'http', port: 8000 }], ...props }] }));
}

function check(health: HealthProps, httpClient: Client = 'none'): ComposeHealthcheck | undefined {
  return web({ health, runAs: { httpClient } }).file.services['web']?.healthcheck;
}

const PYTHON_HTTP =
  'import http.client as h; c = h.HTTPConnection("127.0.0.1", 8000, timeout=5); c.request("GET", "/ready"); ' +
  'raise SystemExit(not 200 <= c.getresponse().status < 400)';
const NODE_HTTP =
  'fetch("http://127.0.0.1:8000/ready", { redirect: "manual", signal: AbortSignal.timeout(5000) })' +
  '.then((r) => process.exit(r.status < 400 ? 0 : 1), () => process.exit(1))';
const NODE_TCP =
  'const s = require("net").connect(8000, "127.0.0.1", () => process.exit(0)); ' +
  's.on("error", () => process.exit(1)); s.setTimeout(5000, () => process.exit(1))';

describe('the test of a health check', () => {
  const http: HealthProps = { readiness: { httpPath: '/ready' } };
  const tcp: HealthProps = { readiness: { tcp: true } };
  const rows: readonly (readonly [string, HealthProps, Client, readonly string[]])[] = [
    ['a command', { readiness: { command: ['sh', '-c', 'test $X'] } }, 'none', ['sh', '-c', 'test $$X']],
    ['HTTP by wget', http, 'wget', ['wget', '-q', '-O', '/dev/null', '-T', '5', 'http://127.0.0.1:8000/ready']],
    [
      'HTTP by curl',
      http,
      'curl',
      ['curl', '-fsS', '-o', '/dev/null', '--noproxy', '*', '--max-time', '5', 'http://127.0.0.1:8000/ready'],
    ],
    ['HTTP by python', http, 'python', ['python', '-c', PYTHON_HTTP]],
    ['HTTP by node', http, 'node', ['node', '-e', NODE_HTTP]],
    ['TCP by python', tcp, 'python', ['python', '-c', 'import socket; socket.create_connection(("127.0.0.1", 8000), 5).close()']],
    ['TCP by node', tcp, 'node', ['node', '-e', NODE_TCP]],
    ["Compose's own before the readiness", { ...http, compose: { command: ['x'] } }, 'wget', ['x']],
  ];
  test.each(rows)('%s', (_, health, client, test) => {
    expect(check(health, client)?.test).toEqual(['CMD', ...test]);
  });

  test.each([
    ['HTTP without a client', http, 'none'],
    ['TCP by wget', tcp, 'wget'],
    ['TCP by curl', tcp, 'curl'],
  ] as const)('%s: none, and a notice', (_, health, client) => {
    const { file, notices } = web({ health, runAs: { httpClient: client } });
    expect(file.services['web']).not.toHaveProperty('healthcheck.test');
    expect(notices).toContainEqual({
      code: 'TARS3005',
      severity: 'notice',
      path: 'tars/web',
      message: expect.stringMatching(/^compose cannot ask the (http|tcp) check of tars\/web$/) as unknown,
      given: 'tars/web',
      remedy: 'no client for it is known to be in the image: set runAs.httpClient, or a command as health.compose',
    });
  });
});

describe('the times of a health check', () => {
  const readiness = { command: ['x'] };
  test.each<[string, HealthProps, ComposeHealthcheck]>([
    ['the usual', { readiness }, { interval: '10s', timeout: '5s', retries: 3 }],
    [
      'as said',
      { readiness: { ...readiness, periodSeconds: 30, timeoutSeconds: 2, failureThreshold: 5 } },
      { interval: '30s', timeout: '2s', retries: 5 },
    ],
    [
      'the patience of the startup probe',
      { readiness, startup: { ...readiness, initialDelaySeconds: 5, periodSeconds: 2, failureThreshold: 30 } },
      { start_period: '65s' },
    ],
    [
      'the longer of patience and delay',
      { readiness: { ...readiness, initialDelaySeconds: 40 }, startup: { ...readiness, periodSeconds: 2, failureThreshold: 2 } },
      { start_period: '40s' },
    ],
  ])('%s', (_, health, expected) => {
    expect(check(health)).toMatchObject(expected);
  });

  test('no check, no times', () => {
    expect(check({ startup: readiness, liveness: readiness })).toBeUndefined();
  });

  test('start_interval stands in compose.dev.yml alone, and only beside a start_period', () => {
    const { file, development } = renderCompose(
      aSystem({
        services: [
          { name: 'quick', health: { readiness: { command: ['x'] } } },
          { name: 'slow', health: { readiness: { command: ['x'] }, startup: { command: ['x'] } } },
        ],
      }),
    );
    expect(JSON.stringify(file)).not.toContain('start_interval');
    expect(development.services).toEqual({ slow: { healthcheck: { start_interval: '2s' } } });
  });
});
