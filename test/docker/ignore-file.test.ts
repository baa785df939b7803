import ignore from '@balena/dockerignore';
import { renderDockerfiles } from '../../lib/docker/render-dockerfiles';
import { aSystem } from '../support/builders';
import { tarsModel } from '../support/tars-model';

/** Whether a path of the context is sent to the builder. */
function contextOf(path: string, model = tarsModel()): (file: string) => boolean {
  const text = renderDockerfiles(model).find((file) => file.path === path)?.content ?? '';
  const filter = ignore({ ignorecase: false }).add(text);
  return (file) => !filter.ignores(file);
}

describe('the context of the backend', () => {
  const sent = contextOf('docker/Dockerfile.dockerignore');

  test.each([
    ...['api/main.py', 'api/migrate.py', 'tars/application.py', 'tars/routes/chat.py', 'migrations/0001.sql', 'requirements.txt'],
    // Only at the root are these what a run leaves behind.
    ...['tars/data/words.txt', 'tars/models/chat.py', 'tars/logs.py', 'tars/build/x.py'],
  ])('has %s', (file) => {
    expect(sent(file)).toBe(true);
  });

  test.each([
    ...['.git/objects/pack/x.pack', '.git/HEAD', '__pycache__/x.pyc', 'tars/__pycache__/x.cpython-312.pyc', 'tars/x.pyc'],
    ...['node_modules/x/index.js', 'tools/node_modules/x.js', '.venv/bin/python', 'venv/lib/x.py'],
    ...['logs/today.json', 'data/x.db', 'models/llama.gguf', 'models/deep/er/x.bin', 'tests/test_chat.py', 'requirements-dev.txt'],
    ...['.env', 'api/.env', '.env.local', 'secrets/cluster.env', 'server.key', 'certs/ca.pem', '.pytest_cache/x', '.DS_Store'],
  ])('leaves out %s', (file) => {
    expect(sent(file)).toBe(false);
  });
});

describe('the context of the frontend', () => {
  const sent = contextOf('docker/frontend.Dockerfile.dockerignore');

  test.each(['package.json', 'package-lock.json', 'index.html', 'vite.config.mjs', 'server.mjs', 'src/App.tsx', 'src/models/chat.ts', 'public/x.svg'])(
    'has %s',
    (file) => {
      expect(sent(file)).toBe(true);
    },
  );

  test.each(['node_modules/react/index.js', '.git/HEAD', 'dist/index.html', 'coverage/x', 'npm-debug.log', '.env'])('leaves out %s', (file) => {
    expect(sent(file)).toBe(false);
  });
});

test('a package called like a directory of data is sent, unless a volume is mounted over it', () => {
  const build = { kind: 'python', repository: 'shop', context: 'app' } as const;
  const volumes = [{ name: 'data', mountPath: '/app/data' }, { name: 'far', mountPath: '/var/models' }];
  const sent = contextOf('docker/web.Dockerfile.dockerignore', aSystem({ services: [{ build, volumes }] }));
  expect([sent('models/order.py'), sent('data/x.db')]).toEqual([true, false]);
});
