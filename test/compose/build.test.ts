import { renderCompose } from '../../lib/compose/render-compose';
import type { BuildProps, DevelopmentProps } from '../../lib/model/service-props';
import { EnvValue } from '../../lib/model/value';
import type { SettingsOverride } from '../support/builders';
import { aSystem, SETTINGS } from '../support/builders';

const BUILD: BuildProps = { kind: 'node-static', repository: 'shop-web', context: 'app/web' };
const DEVELOPMENT: DevelopmentProps = {
  target: 'development',
  command: ['npm', 'run', 'dev'],
  env: { A: EnvValue.fromValue('dev'), B: EnvValue.fromValue('dev') },
  sources: { src: '/app/src', 'index.html': '/app/index.html' },
  memoryLimit: '1Gi',
};

function output(settings: SettingsOverride = {}, build: Partial<BuildProps> = {}, development = DEVELOPMENT) {
  return renderCompose(
    aSystem({
      settings,
      services: [{ command: ['node', 'server.mjs'], env: { A: EnvValue.fromValue('prod') }, build: { ...BUILD, ...build }, development }],
    }),
  );
}

describe('a service that is built', () => {
  test.each<[string, Partial<BuildProps>, SettingsOverride, object]>([
    ['a directory', {}, {}, { context: '../app/web', dockerfile: '../../docker/web.Dockerfile' }],
    ['a name of its own', { dockerfile: 'Dockerfile' }, {}, { context: '../app/web', dockerfile: '../../docker/Dockerfile' }],
    ['the whole project', { context: '.' }, {}, { context: '..', dockerfile: 'docker/web.Dockerfile' }],
    ['another Compose directory', {}, { composeProject: 'compose/staging' }, { context: '../../app/web' }],
    ['the project as Compose directory', {}, { composeProject: '.' }, { context: './app/web' }],
  ])('context: %s', (_, build, settings, expected) => {
    expect(output(settings, build).file.services['web']?.build).toMatchObject(expected);
  });

  test('development: its own target under a tag of its own, sources mounted, more memory', () => {
    const { file } = output({ environment: 'development' });
    expect(file.services['web']).toMatchObject({
      image: 'shop-web:0.1.0-development',
      build: { target: 'development' },
      pull_policy: 'never',
      init: true,
      command: ['npm', 'run', 'dev'],
      environment: { A: 'dev', B: 'dev' },
      deploy: { resources: { limits: { memory: '1024M' } } },
      volumes: [
        { type: 'bind', source: '../app/web/index.html', target: '/app/index.html', read_only: true },
        { type: 'bind', source: '../app/web/src', target: '/app/src', read_only: true },
      ],
    });
  });

  test('production: none of it', () => {
    const { file } = output({ environment: 'production' });
    expect(file.services['web']).toMatchObject({
      image: 'shop-web:0.1.0',
      command: ['node', 'server.mjs'],
      environment: { A: 'prod' },
      deploy: { resources: { limits: { memory: '512M' } } },
    });
    expect(file.services['web']).not.toHaveProperty('build.target');
    expect(file.services['web']).not.toHaveProperty('volumes');
  });

  test.each<[string, SettingsOverride, DevelopmentProps, string, string | undefined]>([
    ['without a registry nothing is looked up', { environment: 'production' }, DEVELOPMENT, 'shop-web:0.1.0', 'never'],
    [
      'with a registry what is missing is pulled',
      { environment: 'production', images: { ...SETTINGS.images, registry: 'r.example.com/shop', tag: '2' } },
      DEVELOPMENT,
      'r.example.com/shop/shop-web:2',
      undefined,
    ],
    [
      'a development target is never pulled',
      { images: { ...SETTINGS.images, registry: 'r.example.com/shop' } },
      DEVELOPMENT,
      'r.example.com/shop/shop-web:0.1.0-development',
      'never',
    ],
    ['development without a target of its own runs the image itself', {}, { sources: { src: '/app/src' } }, 'shop-web:0.1.0', 'never'],
  ])('%s', (_, settings, development, image, policy) => {
    const service = output(settings, {}, development).file.services['web'];
    expect(service?.image).toBe(image);
    expect(service?.pull_policy).toBe(policy);
  });

  test('compose.dev.yml builds again when the packages change, in development only', () => {
    expect(output().development).toEqual({
      services: {
        web: {
          develop: {
            watch: [
              { action: 'rebuild', path: '../app/web/package.json' },
              { action: 'rebuild', path: '../app/web/package-lock.json' },
            ],
          },
        },
      },
    });
    expect(output({}, { kind: 'python' }).development.services['web']?.develop?.watch).toEqual([
      { action: 'rebuild', path: '../app/web/requirements.txt' },
    ]);
    expect(output({ environment: 'production' }).development).toEqual({ services: {} });
  });
});
