import type { Check, RunAs } from './service-spec';

/**
 * The command that asks a check from inside the container, where no kubelet asks: in exec form,
 * for Compose and for the HEALTHCHECK of an image. Undefined when the image has no client for it.
 *
 * HTTP follows the kubelet's rule as far as the client lets it: 200 to 399 passes, and no proxy of
 * the environment is asked (wget alone has no option for that which all its kinds take).
 * @see https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
 */
export function checkCommand(
  check: Check,
  client: RunAs['httpClient'],
  portNumber: (name: string) => number | undefined,
  timeoutSeconds: number,
): readonly string[] | undefined {
  if (check.kind === 'exec') return check.command;
  const port = portNumber(check.port);
  if (port === undefined) return undefined;
  if (check.kind === 'tcp') return TCP[client](port, timeoutSeconds);
  return HTTP[client](port, check.path, timeoutSeconds);
}

type Client = RunAs['httpClient'];

const HTTP: Record<Client, (port: number, path: string, seconds: number) => readonly string[] | undefined> = {
  wget: (port, path, seconds) => ['wget', '-q', '-O', '/dev/null', '-T', String(seconds), url(port, path)],
  curl: (port, path, seconds) => [
    ...['curl', '-fsS', '-o', '/dev/null', '--noproxy', '*', '--max-time', String(seconds)],
    url(port, path),
  ],
  // http.client, unlike urllib, never asks a proxy and follows no redirect.
  python: (port, path, seconds) => [
    'python',
    '-c',
    `import http.client as h; c = h.HTTPConnection("127.0.0.1", ${port}, timeout=${seconds}); ` +
      `c.request("GET", ${JSON.stringify(path)}); raise SystemExit(not 200 <= c.getresponse().status < 400)`,
  ],
  node: (port, path, seconds) => [
    'node',
    '-e',
    `fetch(${JSON.stringify(url(port, path))}, { redirect: "manual", signal: AbortSignal.timeout(${seconds * 1000}) })` +
      `.then((r) => process.exit(r.status < 400 ? 0 : 1), () => process.exit(1))`,
  ],
  none: () => undefined,
};

const TCP: Record<Client, (port: number, seconds: number) => readonly string[] | undefined> = {
  wget: () => undefined,
  curl: () => undefined,
  python: (port, seconds) => [
    'python',
    '-c',
    `import socket; socket.create_connection(("127.0.0.1", ${port}), ${seconds}).close()`,
  ],
  node: (port, seconds) => [
    'node',
    '-e',
    `const s = require("net").connect(${port}, "127.0.0.1", () => process.exit(0)); ` +
      `s.on("error", () => process.exit(1)); s.setTimeout(${seconds * 1000}, () => process.exit(1))`,
  ],
  none: () => undefined,
};

function url(port: number, path: string): string {
  return `http://127.0.0.1:${port}${path}`;
}
