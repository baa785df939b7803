import { validate } from 'dockerfile-utils';
import { dockerfileIssues, renderDockerfiles } from '../../lib/docker/render-dockerfiles';
import { IMAGES } from '../../lib/model/images';
import type { BuildProps, ServiceProps } from '../../lib/model/service-props';
import { aSystem } from '../support/builders';
import { tarsModel } from '../support/tars-model';

const FILES = new Map(renderDockerfiles(tarsModel()).map(({ path, content }) => [path, content]));
const BACKEND = FILES.get('docker/Dockerfile') ?? '';
const FRONTEND = FILES.get('docker/frontend.Dockerfile') ?? '';

function dockerfile(build: Partial<BuildProps>, props: ServiceProps = {}): string {
  const full: BuildProps = { kind: 'node-static', repository: 'web', context: 'app/web', ...build };
  const model = aSystem({ services: [{ ports: [{ name: 'http', port: 3000 }], build: full, ...props }] });
  return renderDockerfiles(model)[0]?.content ?? '';
}

/** Instructions of one stage, remarks left out, lines joined. */
function stage(text: string, name: string): string[] {
  const [, ...stages] = text.replaceAll(/ \\\n\s*/g, ' ').split(/^(?=FROM )/m);
  const found = stages.find((one) => one.split('\n')[0]?.endsWith(` AS ${name}`));
  return (found ?? '').split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

test('each Dockerfile has its ignore file beside it, where BuildKit looks for it', () => {
  expect([...FILES.keys()]).toEqual([
    'docker/Dockerfile',
    'docker/Dockerfile.dockerignore',
    'docker/frontend.Dockerfile',
    'docker/frontend.Dockerfile.dockerignore',
  ]);
});

test.each([
  ['docker/Dockerfile', BACKEND],
  ['docker/frontend.Dockerfile', FRONTEND],
])('%s has no fault that a linter finds, and pulls nothing before it starts', (_, text) => {
  expect(validate(text)).toEqual([]);
  expect(text).not.toMatch(/^#\s*(syntax|escape)\s*=/m);
});

describe('a Python application', () => {
  test('two stages on the image of one place', () => {
    expect(BACKEND.match(/^FROM .*$/gm)).toEqual([`FROM ${IMAGES.python} AS builder`, `FROM ${IMAGES.python} AS runtime`]);
  });

  test('the builder has the compiler, a virtual environment, and the packages in a layer before the sources', () => {
    expect(stage(BACKEND, 'builder')).toEqual([
      'FROM python:3.12-slim AS builder',
      'RUN apt-get update && apt-get install -y --no-install-recommends build-essential && rm -rf /var/lib/apt/lists/*',
      'RUN python -m venv /opt/venv',
      'ENV PATH="/opt/venv/bin:$PATH" PIP_DISABLE_PIP_VERSION_CHECK=1',
      'WORKDIR /app',
      'COPY requirements.txt ./',
      'RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt',
    ]);
  });

  test('the runtime has neither, runs as tars 1000:1000, and owns the directories of its volumes', () => {
    expect(stage(BACKEND, 'runtime')).toEqual([
      'FROM python:3.12-slim AS runtime',
      'RUN groupadd --gid 1000 tars && useradd --uid 1000 --gid 1000 --home-dir /app --no-create-home ' +
        '--shell /usr/sbin/nologin tars && install -d -o 1000 -g 1000 /app/data /app/models /app/logs',
      'ENV PATH="/opt/venv/bin:$PATH" PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1',
      'WORKDIR /app',
      'COPY --from=builder /opt/venv /opt/venv',
      'COPY . .',
      'USER 1000:1000',
      'EXPOSE 8000 8001 3000',
      'HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-c", ' +
        '"import http.client as h; c = h.HTTPConnection(\\"127.0.0.1\\", 8000, timeout=5); c.request(\\"GET\\", \\"/health\\"); ' +
        'raise SystemExit(not 200 <= c.getresponse().status < 400)"]',
      'CMD ["python", "api/main.py"]',
    ]);
  });
});

describe('a page built by npm', () => {
  test('development is a target, production is last, so that it is built when no target is named', () => {
    expect(FRONTEND.match(/^FROM .*$/gm)).toEqual([
      `FROM ${IMAGES.node} AS packages`,
      'FROM packages AS development',
      'FROM packages AS build',
      `FROM ${IMAGES.node} AS modules`,
      `FROM ${IMAGES.node} AS production`,
    ]);
  });

  test('packages stand in a layer before the sources', () => {
    expect(stage(FRONTEND, 'packages')).toEqual([
      `FROM ${IMAGES.node} AS packages`,
      'WORKDIR /app',
      'COPY package.json package-lock.json .npmrc* ./',
      'RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund',
    ]);
  });

  test('development runs the development server, and keeps what it writes out of the image', () => {
    expect(stage(FRONTEND, 'development')).toEqual(
      expect.arrayContaining([
        'ENV NODE_ENV=development NPM_CONFIG_CACHE=/tmp/.npm NPM_CONFIG_UPDATE_NOTIFIER=false',
        'USER 1000:1000',
        'EXPOSE 3000',
        'CMD ["npm", "run", "dev"]',
      ]),
    );
  });

  test('production has the page, its server and the packages that this one needs, and nothing else', () => {
    expect(stage(FRONTEND, 'production').filter((line) => !line.startsWith('HEALTHCHECK'))).toEqual([
      `FROM ${IMAGES.node} AS production`,
      'ENV NODE_ENV=production',
      'WORKDIR /app',
      'COPY --from=modules /app/node_modules ./node_modules',
      'COPY --from=build /app/dist ./dist',
      'COPY package.json ./',
      'COPY server.mjs ./server.mjs',
      'USER 1000:1000',
      'EXPOSE 3000',
      'CMD ["node", "server.mjs"]',
    ]);
    expect(stage(FRONTEND, 'build').at(-1)).toBe('RUN npm run build');
    expect(stage(FRONTEND, 'modules').at(-1)).toBe(
      'RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --no-audit --no-fund && mkdir -p node_modules',
    );
  });
});

describe('facts of the model', () => {
  test.each<[string, Partial<BuildProps>, ServiceProps, string]>([
    ['a command', { command: ['node', 'x.mjs'] }, {}, 'CMD ["node", "x.mjs"]'],
    ['its file', { command: ['node', '--enable-source-maps', './server/main.mjs'] }, {}, 'COPY server ./server'],
    ['ports', { expose: [1, 2] }, {}, 'EXPOSE 1 2'],
    ['another user', { userName: 'shop' }, { runAs: { uid: 2000, gid: 3000 } }, 'USER 2000:3000'],
    [
      'the uid of the user that the image brings',
      { userName: 'shop' },
      {},
      'RUN userdel --remove node \\\n && groupadd --gid 1000 shop',
    ],
    [
      'a directory with a blank',
      { userName: 'node' },
      { volumes: [{ name: 'a', mountPath: '/a b' }] },
      "RUN install -d -o 1000 -g 1000 '/a b'",
    ],
    [
      'times of the check',
      {},
      { health: { readiness: { httpPath: '/', periodSeconds: 7, timeoutSeconds: 2, failureThreshold: 9 } } },
      'HEALTHCHECK --interval=7s --timeout=2s --start-period=60s --retries=9',
    ],
    ['no port to ask', {}, { ports: [] }, 'HEALTHCHECK NONE'],
  ])('%s', (_, build, props, expected) => {
    const text = dockerfile(build, props);
    expect(text).toContain(expected);
    expect(validate(text)).toEqual([]);
  });

  test('the user of the image is taken as it is', () => {
    expect(dockerfile({ userName: 'node' })).not.toMatch(/useradd|userdel/);
  });
});

describe('one Dockerfile for two services', () => {
  const build: BuildProps = { kind: 'python', repository: 'shop', context: 'app', dockerfile: 'Dockerfile' };

  test('is written once when they build the same', () => {
    const model = aSystem({ services: [{ name: 'a', build }, { name: 'b', build, command: ['python', 'worker.py'] }] });
    expect(renderDockerfiles(model)).toHaveLength(2);
    expect(dockerfileIssues(model)).toEqual([]);
  });

  test('is refused when they do not', () => {
    const other = { ...build, command: ['python', 'worker.py'] };
    const model = aSystem({ services: [{ name: 'a', build }, { name: 'b', build: other }] });
    expect(dockerfileIssues(model)).toEqual([
      {
        code: 'TARS2005',
        severity: 'error',
        path: 'tars/b.build.dockerfile',
        message: 'tars/a writes another image to the same Dockerfile',
        given: 'docker/Dockerfile',
        allowed: 'one Dockerfile for each image; services may share it when they build the same',
        remedy: 'set build.dockerfile to a name of its own, or give both the same build and set "command" on the service',
      },
    ]);
  });
});
