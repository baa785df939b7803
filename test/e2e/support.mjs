import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const { App, Chart } = require('cdk8s');
/** The library as its users load it. */
export const tars = require('cdk8s-tars');
export const yaml = require('yaml');

/** Values as `tars secrets init` makes them, fixed so that a failure can be read. */
export const SECRETS = {
  GRAFANA_ADMIN_PASSWORD: 'e2e-grafana-0123456789abcdef',
  JWT_SECRET_KEY: 'e2e-jwt-0123456789abcdef',
  OPENAI_API_KEY: '',
  POSTGRES_PASSWORD: 'e2e-postgres-0123456789abcdef',
  REDIS_PASSWORD: 'e2e-redis-0123456789abcdef',
};

/**
 * Synthesizes an app into a directory of its own, which is removed after the test.
 * @param {import('node:test').TestContext} context
 * @param {(app: object) => void} build
 * @param {object} [values]
 */
export function synthesized(context, build, values = { keys: SECRETS }) {
  const root = mkdtempSync(join(tmpdir(), 'tars-e2e-'));
  context.after(() => rmSync(root, { recursive: true, force: true }));
  const app = new App({ outdir: join(root, 'dist') });
  build(app);
  const result = tars.synthesize(app, { values });
  const env = join(root, 'compose', '.env');
  const example = join(root, 'compose', '.env.example');
  const filled = Object.entries(values.keys ?? {}).map(([key, value]) => `${key}='${value}'\n`);
  const profiles = readFileSync(example, 'utf8').match(/^COMPOSE_PROFILES=.*$/m)?.[0] ?? '';
  writeFileSync(env, `${profiles}\n${filled.join('')}`);
  return { root, result, dist: join(root, 'dist'), composeFile: join(root, 'compose', 'docker-compose.yml'), env };
}

/** The TARS stack with these choices. */
export const stack = (props) => (app) => new tars.TarsChart(app, 'tars', props);

/** Every object of a manifest file. */
export function objectsIn(file) {
  return yaml
    .parseAllDocuments(readFileSync(file, 'utf8'), { version: '1.1' })
    .map((document) => document.toJSON())
    .filter((object) => object !== null);
}

/** Texts that some reader on the way to a process takes for something else. */
export const TRICKY = [
  ...['yes', 'No', 'on', 'off', 'y', 'n', 'null', '~', '', 'true', 'False', 'NaN', '.inf', '-.INF'],
  ...[
    '0777',
    '0o7',
    '0x1F',
    '0b1',
    '1e3',
    '1E-3',
    '1_000',
    '-_4',
    '22:22',
    '1:2:3',
    '.5',
    '+1',
    '2001-01-01',
    '2024-1-1',
  ],
  ...['$', '$$', '$X', '${X}', '$(X)', '$$(X)', '$(PATH)', '${PATH:-y}', '$${X}', 'a$', '$1', '$(', '$)'],
  ...[
    "it's",
    '"quoted"',
    '\\',
    '\\n',
    '`id`',
    '%20',
    '#x',
    'a #b',
    'a: b',
    'a:',
    '- x',
    '{a}',
    '[a]',
    '&a',
    '*a',
    '!x',
    '|',
    '>',
  ],
  ...[
    ' leading',
    'trailing ',
    'tab\there',
    'two\nlines',
    '\nfirst',
    'last\n',
    'a\r\nb',
    'ünïcödé',
    '日本語',
    '🦊',
    '\u0085',
    '\u2028',
    '\u00a0',
  ],
];

/**
 * What a process finds in its environment: a kubelet replaces $(NAME) and turns $$ into $.
 * @see https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export function expand(text, variables = {}) {
  let result = '';
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '$' || i + 1 >= text.length) {
      result += text[i];
      continue;
    }
    const next = text[i + 1];
    const end = next === '(' ? text.indexOf(')', i) : -1;
    if (next === '$') {
      result += '$';
      i++;
    } else if (end > 0) {
      const name = text.slice(i + 2, end);
      result += name in variables ? variables[name] : `$(${name})`;
      i = end;
    } else result += '$';
  }
  return result;
}

/** A certificate and its key, PEM, made by openssl. */
export function aCertificate(context) {
  const directory = mkdtempSync(join(tmpdir(), 'tars-e2e-tls-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  const [cert, key] = ['tls.crt', 'tls.key'].map((name) => join(directory, name));
  const subject = ['-subj', '/CN=tars.local', '-addext', 'subjectAltName=DNS:tars.local,DNS:api.tars.local'];
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  execFileSync('openssl', ['req', '-x509', ...ec, '-keyout', key, '-out', cert, '-days', '1', ...subject], {
    stdio: 'pipe',
  });
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}

/** An autoscaler of a Deployment by its CPU. */
export function cpuAutoscaler(namespace, name, minReplicas, maxReplicas) {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name };
  const target = { type: 'Utilization', averageUtilization: 60 };
  const metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }];
  return {
    ...{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name, namespace } },
    spec: { scaleTargetRef, minReplicas, maxReplicas, metrics },
  };
}
