import { IMAGES } from '../model/images';
import type { Build, ServiceSpec } from '../model/service-spec';
import type { Stage } from './dockerfile';
import { cacheMount, copy, env, execForm, run, writeDockerfile } from './dockerfile';
import { APP_DIRECTORY, expose, healthCheck, userAndDirectories, userLine } from './image-facts';

/** The user that the node images bring. */
const NODE_USER = { name: 'node', uid: 1000 } as const;
/** What `npm ci` reads; the asterisk lets the last one be missing. */
const MANIFESTS = ['package.json', 'package-lock.json', '.npmrc*'] as const;
const NPM_CACHE = cacheMount('/root/.npm');

/**
 * Dockerfile of a page built by npm: a development server (target "development"), and last, so that
 * it is built unless a target is named, the production image with the built page, its small server
 * and nothing else.
 */
export function nodeDockerfile(spec: ServiceSpec, build: Build): string {
  return writeDockerfile(
    ['Build it by BuildKit, with the context ' + build.context],
    [packages(), development(spec, build), builder(), serverPackages(), production(spec, build)],
  );
}

function packages(): Stage {
  return {
    from: IMAGES.node,
    as: 'packages',
    remark: 'All packages. A change of the sources leaves this stage as it is.',
    lines: [
      `WORKDIR ${APP_DIRECTORY}`,
      copy(MANIFESTS, './'),
      run(['npm ci --no-audit --no-fund'], [NPM_CACHE]),
    ],
  };
}

function development(spec: ServiceSpec, build: Build): Stage {
  return {
    from: 'packages',
    as: 'development',
    remark: 'Target "development": the development server; the sources are mounted over those copied here.',
    lines: [
      ...userAndDirectories(build, NODE_USER),
      // Its root file system is read-only on Compose.
      env({ NODE_ENV: 'development', NPM_CONFIG_CACHE: '/tmp/.npm', NPM_CONFIG_UPDATE_NOTIFIER: 'false' }),
      copy(['.'], '.'),
      userLine(build),
      ...expose(build),
      healthCheck(spec, build, 'node'),
      `CMD ${execForm(spec.development?.command ?? ['npm', 'run', 'dev'])}`,
    ],
  };
}

function builder(): Stage {
  return {
    from: 'packages',
    as: 'build',
    remark: 'The built page, in dist/.',
    lines: [copy(['.'], '.'), run(['npm run build'])],
  };
}

function serverPackages(): Stage {
  return {
    from: IMAGES.node,
    as: 'modules',
    remark: 'The packages that the server of the built page needs.',
    lines: [
      `WORKDIR ${APP_DIRECTORY}`,
      copy(MANIFESTS, './'),
      '# An application without packages has no node_modules, and COPY wants one.',
      run(['npm ci --omit=dev --no-audit --no-fund', 'mkdir -p node_modules'], [NPM_CACHE]),
    ],
  };
}

function production(spec: ServiceSpec, build: Build): Stage {
  const server = serverFile(build.command);
  return {
    from: IMAGES.node,
    as: 'production',
    remark: 'What runs.',
    lines: [
      ...userAndDirectories(build, NODE_USER),
      env({ NODE_ENV: 'production' }),
      `WORKDIR ${APP_DIRECTORY}`,
      copy([`${APP_DIRECTORY}/node_modules`], './node_modules', ['--from=modules']),
      copy([`${APP_DIRECTORY}/dist`], './dist', ['--from=build']),
      copy(['package.json'], './'),
      ...(server === undefined ? [] : [copy([server], `./${server}`)]),
      userLine(build),
      ...expose(build),
      healthCheck(spec, build, 'node'),
      `CMD ${execForm(build.command)}`,
    ],
  };
}

/** What the production command needs besides dist/: the file that it runs, or that file's directory. */
function serverFile(command: readonly string[]): string | undefined {
  const file = command.slice(1).find((word) => !word.startsWith('-'));
  if (command[0] !== 'node' || file === undefined || file.startsWith('/')) return undefined;
  const [first] = file.replace(/^\.\//, '').split('/');
  if (first === undefined || first === 'dist' || first === 'node_modules') return undefined;
  return first;
}
